/**
 * Complete programs without dependencies. Each is an API that asks Keywright about every request, passes on the reason of a
 * rejection, and rejects all requests while Keywright doesn't respond. Credentials don't follow redirects.
 */

/** The program for Node.js 20 and later. `verifyUrl`: URL of `/verify` with its parameters. */
export function node(verifyUrl: string): string {
  return `import { createServer } from 'node:http';

const VERIFY_URL = '${verifyUrl}';

/** Asks Keywright about the key of a request. Null: no response. */
async function verify({ headers, socket }) {
  const sent = { 'X-Forwarded-For': socket.remoteAddress };
  for (const name of ['authorization', 'x-api-key']) if (headers[name]) sent[name] = headers[name];
  try {
    const signal = AbortSignal.timeout(5_000);
    const response = await fetch(VERIFY_URL, { headers: sent, redirect: 'error', signal });
    await response.arrayBuffer();
    return response;
  } catch {
    return null;
  }
}

const server = createServer(async (request, response) => {
  const verified = await verify(request);
  if (verified?.status === 200) {
    response.end(\`Hello, \${verified.headers.get('x-keywright-key-id')}\\n\`);
    return;
  }
  const isReason = [400, 401, 403, 429].includes(verified?.status);
  response.statusCode = isReason ? verified.status : 503;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  const retryAfter = verified?.headers.get('retry-after');
  if (retryAfter) response.setHeader('Retry-After', retryAfter);
  const code = isReason ? verified.headers.get('x-keywright-code') : 'UNAVAILABLE';
  response.end(JSON.stringify({ code }));
});

server.listen(8000);`;
}

/** The program for Python 3.8 and later. */
export function python(verifyUrl: string): string {
  const { protocol, host, pathname, search } = new URL(verifyUrl);
  const connection = protocol === 'https:' ? 'HTTPSConnection' : 'HTTPConnection';
  return `import json
from http.client import HTTPException, ${connection}
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def verify(request):
    """Asks Keywright about the key of a request. None: no response."""
    sent = {"X-Forwarded-For": request.client_address[0]}
    for name in ("Authorization", "X-API-Key"):
        if request.headers[name]:
            sent[name] = request.headers[name]
    connection = ${connection}("${host}", timeout=5)
    try:
        connection.request("GET", "${pathname}${search}", headers=sent)
        response = connection.getresponse()
        response.read()
        return response
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        verified = verify(self)
        if verified and verified.status == 200:
            key_id = verified.headers["X-Keywright-Key-Id"]
            self.respond(200, {"hello": key_id}, None)
        elif verified and verified.status in (400, 401, 403, 429):
            code = verified.headers["X-Keywright-Code"]
            self.respond(verified.status, {"code": code}, verified.headers["Retry-After"])
        else:
            self.respond(503, {"code": "UNAVAILABLE"}, None)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def respond(self, status, body, retry_after):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(text)


ThreadingHTTPServer(("", 8000), Api).serve_forever()`;
}

/** The program for Go 1.16 and later. */
export function go(verifyUrl: string): string {
  return `package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const verifyURL = "${verifyUrl}"

var client = &http.Client{
	Timeout:       5 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// verify asks Keywright about the key of a request.
func verify(r *http.Request) (*http.Response, error) {
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, verifyURL, nil)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"Authorization", "X-Api-Key"} {
		if value := r.Header.Get(name); value != "" {
			ask.Header.Set(name, value)
		}
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		ask.Header.Set("X-Forwarded-For", host)
	}
	verified, err := client.Do(ask)
	if err != nil {
		return nil, err
	}
	defer verified.Body.Close()
	_, err = io.Copy(io.Discard, verified.Body)
	return verified, err
}

// protect passes requests with a valid key on to the API.
func protect(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, code := http.StatusServiceUnavailable, "UNAVAILABLE"
		verified, err := verify(r)
		if err == nil {
			switch verified.StatusCode {
			case http.StatusOK:
				r.Header.Set("X-Keywright-Key-Id", verified.Header.Get("X-Keywright-Key-Id"))
				api.ServeHTTP(w, r)
				return
			case 400, 401, 403, 429:
				status, code = verified.StatusCode, verified.Header.Get("X-Keywright-Code")
			}
			if retry := verified.Header.Get("Retry-After"); retry != "" {
				w.Header().Set("Retry-After", retry)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"code": code})
	})
}

func main() {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s\\n", r.Header.Get("X-Keywright-Key-Id"))
	})
	log.Fatal(http.ListenAndServe(":8000", protect(hello)))
}`;
}
