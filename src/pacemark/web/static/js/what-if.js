// Sliders beside the numbers of the what-if form. Without this the numbers are typed, and a button works them out.

function show(slider) {
  const number = document.getElementById(slider.dataset.moves);
  if (!number) return;
  slider.hidden = false;
  const follow = () => {
    const typed = Number.parseFloat(number.value);
    if (Number.isFinite(typed)) slider.value = String(typed);
  };
  follow();
  number.addEventListener("input", follow);
  slider.addEventListener("input", () => {
    number.value = slider.value;
  });
}

for (const slider of document.querySelectorAll("input[type=range][data-moves]")) show(slider);
