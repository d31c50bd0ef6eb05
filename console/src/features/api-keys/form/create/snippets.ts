import type { Environment } from '../../../../generated/graphql.ts';
import { go, node, python } from './programs.ts';

/** Input of the configuration snippets. */
export interface SnippetFacts {
  readonly secret: string;
  readonly keyId: string;
  readonly keyName: string;
  /** Gateways accept only keys of this organization and environment. */
  readonly organizationId: string;
  readonly environment: Environment;
  /** URL of this server: `https://keys.example.com`. */
  readonly server: string;
}

/** A configuration snippet. */
export interface Snippet {
  readonly title: string;
  readonly hint: string;
  readonly text: string;
}

const IDENTITY_HEADERS = [
  'Key-Id',
  'Organization-Id',
  'Environment',
  'Role',
  'Permissions',
  'Teams',
  'External-Id',
] as const;

/** Headers that browsers send and Keywright doesn't read, as Caddy patterns. */
const BROWSER_HEADERS = [
  'Cookie',
  'Referer',
  'User-Agent',
  'Accept*',
  'Sec-*',
  'If-*',
  'Content-*',
  'X-Forwarded-Uri',
] as const;

/** Snippets for using a new key and for verifying it in an API or a gateway. Only the first two contain the secret. */
export function snippetsOf(facts: SnippetFacts): readonly Snippet[] {
  const verifyUrl = `${facts.server}${verifyPath(facts)}`;
  return [
    {
      title: 'curl',
      hint: 'Checks whether the key is accepted. Send the same header to your API.',
      text: `curl -i -H 'Authorization: Bearer ${facts.secret}' \\\n  '${facts.server}${verifyPath(facts)}'`,
    },
    {
      title: '.env',
      hint: 'For the program that uses the key. Keep the file out of version control.',
      text: `# ${oneLine(facts.keyName)} (${facts.keyId})\nAPI_KEY=${facts.secret}`,
    },
    {
      title: 'Node',
      hint: 'An API on port 8000 that only accepts keys of this organization. Save it as server.mjs and run node server.mjs.',
      text: node(verifyUrl),
    },
    {
      title: 'Python',
      hint: 'An API on port 8000 that only accepts keys of this organization. Save it as server.py and run python3 server.py.',
      text: python(verifyUrl),
    },
    {
      title: 'Go',
      hint: 'An API on port 8000 that only accepts keys of this organization. Save it as main.go and run go run main.go.',
      text: go(verifyUrl),
    },
    {
      title: 'nginx',
      hint: 'Add it to the http block. It protects the API on port 8080.',
      text: nginx(facts),
    },
    {
      title: 'Caddy',
      hint: 'It protects the API on port 8080.',
      text: caddy(facts),
    },
  ];
}

function verifyPath({ organizationId, environment }: SnippetFacts): string {
  return `/verify?organization=${organizationId}&environment=${environment.toLowerCase()}`;
}

/** Line breaks are removed, so that a name can't escape its comment. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function nginx(facts: SnippetFacts): string {
  const { host, protocol } = new URL(facts.server);
  const variable = (header: string) => `$keywright_${header.toLowerCase().replace('-', '_')}`;
  const answered = (header: string) => `$upstream_http_x_keywright_${header.toLowerCase().replace('-', '_')}`;
  return `server {
    listen 8000;

    location / {
        auth_request /_keywright;
        auth_request_set $keywright_status $upstream_status;
        auth_request_set $keywright_code $upstream_http_x_keywright_code;
        auth_request_set $keywright_retry $upstream_http_retry_after;
        auth_request_set $keywright_limit $upstream_http_ratelimit;
        auth_request_set $keywright_limit_policy $upstream_http_ratelimit_policy;
${IDENTITY_HEADERS.map((header) => `        auth_request_set ${variable(header)} ${answered(header)};`).join('\n')}
        # Set all identity headers, so that none of them comes from the client.
${IDENTITY_HEADERS.map((header) => `        proxy_set_header X-Keywright-${header} ${variable(header)};`).join('\n')}
        proxy_set_header Authorization "";
        proxy_set_header X-API-Key "";
        proxy_set_header Host $host;
        proxy_pass http://127.0.0.1:8080;
        # auth_request turns all statuses but 401 and 403 into 500.
        error_page 401 403 500 = @keywright_error;
    }

    location = /_keywright {
        internal;
        # Without organization, keys of all organizations are accepted; without environment, keys of both.
        proxy_pass ${facts.server}${verifyPath(facts)};
        # The identity headers take up to 8 KB.
        proxy_buffer_size 16k;
        proxy_buffers 4 16k;
        proxy_pass_request_body off;
        proxy_pass_request_headers off;
        proxy_set_header Content-Length "";
        proxy_set_header Host ${host};
        proxy_set_header Authorization $http_authorization;
        proxy_set_header X-API-Key $http_x_api_key;
        proxy_set_header X-Forwarded-For $remote_addr;${protocol === 'https:' ? '\n        proxy_ssl_server_name on;' : ''}
    }

    location @keywright_error {
        default_type application/json;
        add_header Retry-After $keywright_retry always;
        add_header RateLimit $keywright_limit always;
        add_header RateLimit-Policy $keywright_limit_policy always;
        add_header Cache-Control no-store always;
        if ($keywright_code = BAD_REQUEST) { return 400 '{"code":"BAD_REQUEST"}'; }
        if ($keywright_status = 401) { return 401 '{"code":"$keywright_code"}'; }
        if ($keywright_status = 403) { return 403 '{"code":"$keywright_code"}'; }
        if ($keywright_status = 429) { return 429 '{"code":"$keywright_code"}'; }
        return 503 '{"code":"UNAVAILABLE"}';
    }
}`;
}

function caddy(facts: SnippetFacts): string {
  return `:8000 {
	route {
		# Remove identity headers sent by the client, and headers listed in Connection.
		request_header -*keywright*
		@upgrade header_regexp Connection (?i)(^|[\\s,])upgrade([\\s,]|$)
		@plain not header_regexp Connection (?i)(^|[\\s,])upgrade([\\s,]|$)
		request_header @upgrade Connection Upgrade
		request_header @plain -Connection

		forward_auth ${facts.server} {
			# Without organization, keys of all organizations are accepted; without environment, keys of both.
			uri ${verifyPath(facts)}
			header_up Host {upstream_hostport}
			copy_headers ${IDENTITY_HEADERS.map((header) => `X-Keywright-${header}`).join(' ')}
			# Don't forward headers that Keywright doesn't read. Cookies could exceed its limit.
${BROWSER_HEADERS.map((header) => `			header_up -${header}`).join('\n')}
		}
		reverse_proxy 127.0.0.1:8080 {
			header_up -Authorization
			header_up -X-API-Key
		}
	}
}`;
}
