import { signInDocument } from './sign-in-document.ts';

/** Nothing inline, nothing from elsewhere: the page handles a token. */
export const SIGN_IN_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Where a sign-in with the OpenID provider begins. */
export const OIDC_PATH = '/sign-in/oidc';

const OIDC_BUTTON = `
      <p id="provider"><a class="button" href="${OIDC_PATH}">Sign in with single sign-on</a></p>`;

/**
 * The page behind a one-time link, and the way to the OpenID provider where there is one. The token is in the fragment,
 * which browsers send to nobody.
 */
export function signInHtml(hasProvider: boolean): string {
  const provider = hasProvider ? OIDC_BUTTON : '';
  const main = `      <p id="message" role="status" aria-live="polite">Signing you in…</p>
      <p id="advice" hidden></p>
      <p id="actions" hidden><button id="again" type="button">Try again</button></p>${provider}
      <noscript>
        <p class="fault">This page needs JavaScript to trade the link for a session.</p>
        <p>Without it, send the part of the link after <code>#token=</code> to the API yourself: the mutation
        <code>signIn</code> of <code>/graphql</code> answers with a session token.</p>
      </noscript>`;
  return signInDocument({ title: 'Sign in to Keywright', main, script: '/sign-in.js' });
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

export const SIGN_IN_SCRIPT = `'use strict';
(() => {
  const element = (id) => document.getElementById(id);
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  // Only where the server has an OpenID provider.
  const provider = element('provider');
  document.documentElement.dataset.script = 'on';
  // The token must not stay in the address bar or the history.
  history.replaceState(null, '', location.pathname);

  const ask = async () => {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'X-Requested-With': 'keywright',
      },
      body: JSON.stringify({
        query: 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { __typename } }',
        variables: { input: { token } },
      }),
    });
    return { status: response.status, result: await response.json() };
  };

  const show = (message, advice, again) => {
    element('message').textContent = message;
    element('message').className = 'fault';
    element('advice').textContent = advice;
    element('advice').hidden = false;
    element('actions').hidden = !again;
    if (provider) provider.hidden = false;
  };

  const signIn = async () => {
    element('message').textContent = 'Signing you in…';
    element('message').className = '';
    element('advice').hidden = true;
    element('actions').hidden = true;
    if (provider) provider.hidden = true;
    try {
      let answer = await ask();
      // A session that has ended is refused once, and its cookie taken back.
      if (answer.status === 401) answer = await ask();
      const type = answer.result.data?.signIn?.__typename;
      if (type === 'SignInPayload') return location.replace('/');
      if (type) {
        show('This link does not work any more.', 'It works once, and for 15 minutes, an invitation for 7 days. Ask whoever sent it for a new one; on the server: keywright sign-in-link YOUR-EMAIL', false);
      } else show('Signing in failed.', answer.result.errors?.[0]?.message ?? '', true);
    } catch {
      show('The server did not answer.', 'The link has not been used up by this.', true);
    }
  };

  element('again').addEventListener('click', signIn);
  if (token) signIn();
  else if (provider) element('message').textContent = 'Sign in to go on.';
  else show('There is no token in this link.', 'Open the whole link, with everything after the #. A new one: keywright sign-in-link YOUR-EMAIL', false);
})();
`;
