import type { App } from '../../src/app.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { now } from '../rpc.ts';
import { contextOf, type Fixture, openApp } from './fixture.ts';
import type { Subject } from './subject.ts';

/** Keywright as it is, on a database made by `prepareFixture`. */
export async function startKeywright(file: string, fixture: Fixture): Promise<Subject> {
  const app = await openApp(file);
  let committed = 0;
  // Before the server listens to its bus: this is the time of the commit.
  app.services.bus.subscribe((event) => {
    if (event.type === 'change') committed = now();
  });
  const { url } = await app.start();
  return {
    port: Number(new URL(url).port),
    publish: publisher(app, fixture),
    async revoke(key) {
      const { id = '' } = fixture.keys[key] ?? {};
      await revokeApiKey(contextOf(app.services), { id, reason: 'Found in a public repository' });
      return { committed, answered: now() };
    },
  };
}

/** Publishes uses on the bus, like verification does. Collecting and writing usage isn't part of this benchmark. */
export function publisher(app: App, { organizationId, keys }: Fixture): Subject['publish'] {
  return (key) => {
    const { id: keyId, secretId } = keys[key] ?? { id: '', secretId: '' };
    app.services.bus.emit({
      type: 'use',
      organizationId,
      keyId,
      secretId,
      at: Date.now(),
      ip: '203.0.113.7',
    });
  };
}
