import { IncomingMessage } from 'node:http';

/**
 * Node.js passes every request with an `Upgrade` header to the `upgrade` event, without its body. With this class, it does
 * so only for handshakes that `takes` accepts, and serves all others, such as `h2c` of Java's client, as HTTP/1.1.
 */
export function upgradableMessages(takes: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class UpgradableMessage extends IncomingMessage {
    asksForUpgrade = false;

    get upgrade(): boolean {
      if (!this.asksForUpgrade) return false;
      // Node.js closes the connection of a CONNECT request.
      return this.method === 'CONNECT' || (isWebSocketHandshake(this) && takes(this));
    }

    set upgrade(requested: boolean) {
      this.asksForUpgrade = Boolean(requested);
    }
  };
}

/**
 * Whether a request asked for an upgrade that it didn't get. Node.js discards the data after it, which may be the
 * next request or a part of it, so its response must close the connection.
 */
export function isUpgradeIgnored(request: IncomingMessage): boolean {
  return (request as { asksForUpgrade?: boolean }).asksForUpgrade === true;
}

/** RFC 6455, 4.1. */
function isWebSocketHandshake({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
