/** A message of a verification process to the server that started it. */
export type FromProcess =
  /** It receives messages from now on: earlier ones would be lost. */
  | { readonly type: 'hello' }
  /** It accepts requests. The first process also sends its listening socket. */
  | { readonly type: 'listening'; readonly port: number }
  /** It can't start. `message` is one line for people. */
  | { readonly type: 'failed'; readonly message: string };

/** A message of the server to a verification process. */
export type ToProcess =
  /** Start, on the socket that comes with the message, or else on the configured port. */
  | { readonly type: 'start' }
  /** Complete running requests, write usage and exit. */
  | { readonly type: 'stop' };
