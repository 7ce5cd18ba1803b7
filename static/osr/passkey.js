/* Passkeys: a form with `data-passkey` asks the browser for one (`get`) or has it make one (`create`), and sends what
   comes of it. Without this script, or in a browser that knows no passkeys, the form stays hidden. */
const form = document.querySelector("form[data-passkey]");
const knowsPasskeys = window.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials;

if (form && knowsPasskeys) {
  const options = JSON.parse(document.getElementById("passkey-options").textContent).publicKey;
  const failed = form.querySelector("[data-passkey-failed]");
  const ask = {
    create: () => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
    get: () => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  }[form.dataset.passkey];

  document.querySelector("[data-passkey-unsupported]")?.remove();
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask());
    } catch {
      failed.hidden = false;
      return;
    }
    form.submit();
  });
}
