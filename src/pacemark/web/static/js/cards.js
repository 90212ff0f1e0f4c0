// Copying a card: the picture goes to the clipboard as PNG. Where the browser cannot, the button stays hidden.
if (navigator.clipboard && window.ClipboardItem) {
  for (const button of document.querySelectorAll("[data-copy-picture]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const picture = fetch(button.dataset.copyPicture).then((answer) => answer.blob());
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      button.textContent = button.dataset.copied;
    });
  }
}
