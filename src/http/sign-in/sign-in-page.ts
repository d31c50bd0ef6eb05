import { signInDocument } from './sign-in-document.ts';

/** No inline scripts and no other origins: the page handles a token. */
export const SIGN_IN_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Path that starts a sign-in with the OpenID provider. */
export const OIDC_PATH = '/sign-in/oidc';

const OIDC_BUTTON = `
      <p id="provider"><a class="button" href="${OIDC_PATH}">Sign in with single sign-on</a></p>`;

/**
 * The page of one-time links, with a button for the OpenID provider if there is one. It describes the link and asks
 * before using it. The token is in the fragment, which browsers don't send.
 */
export function signInHtml({
  publicUrl,
  hasProvider,
}: {
  readonly publicUrl: string;
  readonly hasProvider: boolean;
}): string {
  const provider = hasProvider ? OIDC_BUTTON : '';
  const main = `      <p id="message" role="status" aria-live="polite">Loading the link…</p>
      <p id="advice" hidden></p>
      <p id="actions" hidden><button id="action" type="button"></button></p>${provider}
      <noscript>
        <p class="fault">This page requires JavaScript to sign you in.</p>
        <p>Without JavaScript, send the part of the link after <code>#token=</code> to the API yourself. The mutation
        <code>signIn</code> of <code>/graphql</code> returns a session token.</p>
      </noscript>`;
  return signInDocument({ title: 'Sign in to Keywright', main, script: '/sign-in.js', publicUrl });
}

export const SIGN_IN_STYLE = `:root { color-scheme: light dark; --text: #1b1f24; --soft: #59636e; --page: #f4f5f7; --card: #fff; --line: #d8dde3; --accent: #3b5bdb; --fault: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8eaed; --soft: #a3adb8; --page: #14171b; --card: #1e2227; --line: #343a41; --accent: #8da2fb; --fault: #ff8a7a; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; }
p { margin: 0.75rem 0 0; }
#advice, noscript p + p { color: var(--soft); }
.fault { color: var(--fault); font-weight: 600; }
code { font: 0.875em ui-monospace, monospace; overflow-wrap: anywhere; }
button, .button { display: inline-block; padding: 0.5rem 1rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: var(--card); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
button:focus-visible, .button:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
html:not([data-script]) #message { display: none; }
`;
