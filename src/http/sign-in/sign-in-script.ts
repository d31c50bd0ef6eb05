const DOCUMENTS = {
  signIn: 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { __typename } }',
  link: 'query SignInLink($token: String!) { signInLink(token: $token) { email organizationName needsSession } }',
  viewer: 'query Viewer { viewer { actor { ... on User { email } } } }',
} as const;

/** The GraphQL documents that the page sends. */
export const SIGN_IN_DOCUMENTS: readonly string[] = Object.values(DOCUMENTS);

/**
 * The script of the sign-in page. It uses a link only after the person confirms: opening a URL proves nothing, because
 * another site may have led there with a link of its own.
 */
export const SIGN_IN_SCRIPT = `'use strict';
(() => {
  const element = (id) => document.getElementById(id);
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const publicUrl = element('main').dataset.publicUrl;
  // Only where the server has an OpenID provider.
  const provider = element('provider');
  document.documentElement.dataset.script = 'on';
  // The token must not stay in the address bar or the history.
  history.replaceState(null, '', location.pathname);
  // Another link that is opened here differs in the fragment alone.
  addEventListener('hashchange', () => location.reload());

  const post = (query, variables) => fetch('/graphql', {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'X-Requested-With': 'keywright',
    },
    body: JSON.stringify({ query, variables }),
  });

  const ask = async (query, variables) => {
    let response = await post(query, variables);
    // A cookie was in the way, and is no longer there.
    if (response.status === 401 && response.headers.get('retry-after') === '0') response = await post(query, variables);
    const { data, errors } = await response.json();
    return { data: data ?? {}, problem: response.status === 401 ? null : (errors?.[0]?.message ?? null) };
  };

  const show = ({ message, advice = '', fault = false, action = null, provide = false }) => {
    element('message').textContent = message;
    element('message').className = fault ? 'fault' : '';
    element('advice').textContent = advice;
    element('advice').hidden = advice === '';
    element('actions').hidden = action === null;
    if (action) {
      element('action').textContent = action.label;
      act = action.run;
    }
    if (provider) provider.hidden = !provide;
  };

  let act = () => {};
  element('action').addEventListener('click', () => act());

  const failed = (message, advice) => show({ message, advice, fault: true, provide: true });
  const unreachable = (run) => show({
    message: 'The server did not respond.',
    advice: 'The link has not been used.',
    fault: true,
    action: { label: 'Try again', run },
    provide: true,
  });
  const useless = async () => {
    const facts = {
      message: 'This link is no longer valid.',
      advice: 'Sign-in links work once and expire after 15 minutes, invitations after 7 days. Ask the sender for a new link, or run on the server: keywright sign-in-link (for the first owner) or keywright sign-in-link EMAIL',
      fault: true,
      provide: true,
    };
    show(facts);
    const { data } = await ask('${DOCUMENTS.viewer}').catch(() => ({ data: {} }));
    const viewer = data.viewer?.actor?.email;
    if (viewer) show({ ...facts, action: { label: 'Continue as ' + viewer, run: () => location.replace('/') } });
  };

  const signIn = async () => {
    show({ message: 'Signing you in…' });
    try {
      const { data, problem } = await ask(
        '${DOCUMENTS.signIn}',
        { input: { token } },
      );
      const type = data.signIn?.__typename;
      if (type === 'SignInPayload') return location.replace('/');
      if (type) return useless();
      show({
        message: 'Signing in failed.',
        advice: problem ?? '',
        fault: true,
        action: { label: 'Try again', run: signIn },
        provide: true,
      });
    } catch {
      unreachable(signIn);
    }
  };

  /** Says what the link is for, and who is signed in now; the rest is up to the person. */
  const confirm = async () => {
    show({ message: 'Loading the link…' });
    try {
      const { data: { signInLink: link }, problem } = await ask(
        '${DOCUMENTS.link}',
        { token },
      );
      if (link === undefined) return failed('The link could not be loaded.', problem ?? '');
      if (link === null) return useless();
      const { data } = await ask('${DOCUMENTS.viewer}');
      const viewer = data.viewer?.actor?.email ?? null;
      const isViewer = viewer === link.email;
      const where = link.organizationName === null ? '' : ' to ' + link.organizationName;
      if (link.needsSession && !isViewer) {
        return failed(
          'Sign in as ' + link.email + ' first.',
          'This link invites a former member back' + where + ' and only works while they are signed in. To get a sign-in link, run on the server: keywright sign-in-link ' + link.email,
        );
      }
      show({
        message: 'Sign in as ' + link.email + where + '?',
        advice: isViewer
          ? 'You are signed in as ' + viewer + ' already. A new session replaces the current one.'
          : viewer
            ? 'You are signed in as ' + viewer + '. That session will be signed out.'
            : 'Continue only if this is you and you expected this link.',
        action: { label: 'Sign in', run: signIn },
      });
    } catch {
      unreachable(confirm);
    }
  };

  if (new URL(publicUrl).origin !== location.origin) {
    show({
      message: 'This server is at ' + publicUrl + '.',
      advice: 'Sessions are not accepted at ' + location.origin + '.',
      fault: true,
      action: {
        label: 'Go to that address',
        run: () => location.replace(publicUrl + '/sign-in' + (token ? '#token=' + encodeURIComponent(token) : '')),
      },
    });
  } else if (token) confirm();
  else if (provider) show({ message: 'Sign in to continue.', provide: true });
  else failed('The link contains no token.', 'Open the complete link, including everything after the #. To get a new link, run on the server: keywright sign-in-link (for the first owner) or keywright sign-in-link EMAIL');
})();
`;
