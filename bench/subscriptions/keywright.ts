import type { App } from '../../src/app.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { now } from '../asked.ts';
import type { Subject } from './subject.ts';
import { contextOf, openApp, type World } from './world.ts';

/** Keywright as it is, on a database made by `prepareWorld`. */
export async function startKeywright(file: string, world: World): Promise<Subject> {
  const app = await openApp(file);
  let committed = 0;
  // Before the server listens to its bus: this is the moment after the commit.
  app.services.bus.subscribe((event) => {
    if (event.type === 'change') committed = now();
  });
  const { url } = await app.start();
  return {
    port: Number(new URL(url).port),
    publish: publisher(app, world),
    async revoke(key) {
      const { id = '' } = world.keys[key] ?? {};
      await revokeApiKey(contextOf(app.services), { id, reason: 'Found in a public repository' });
      return { committed, answered: now() };
    },
  };
}

/** Publishes uses where the verification does: on the bus. What gathers and writes usage isn't part of this. */
export function publisher(app: App, { organizationId, keys }: World): Subject['publish'] {
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
