// Passkeys: asks the browser for one and puts its answer into the form. Without it the password serves.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Turn what the server asks into what the browser takes. */
function question(options) {
  const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    asked[list] = (asked[list] ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return { publicKey: asked };
}

/** Turn the browser's answer into what the server reads. */
function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form) {
  const written = document.getElementById("passkey-options");
  if (!form.dataset.options) return JSON.parse(written.textContent);
  const told = await fetch(form.dataset.options, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  return (await told.json()).request_options;
}

async function prove(event) {
  const form = event.target.closest("[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const options = question(await optionsOf(form));
    const credential = await navigator.credentials[form.dataset.passkey](options);
    form.elements.credential.value = JSON.stringify(answer(credential));
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey][hidden]")) form.hidden = false;
  document.addEventListener("submit", prove);
}
