import { expect, test } from 'vitest';
import { write } from '../../src/command.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { findSessionAgents } from '../../src/sessions/session-agents.ts';
import { onEachDatabase } from '../support/databases.ts';
import { servicesOn } from '../support/services.ts';
import { commandLine, makePerson } from './people.ts';

onEachDatabase('what sessions began in', (engine) => {
  const services = servicesOn(engine);

  async function sessionIn(userId: string, userAgent: string | null): Promise<string> {
    const ctx = commandLine(services());
    const asked = { ...ctx, client: { ...ctx.client, userAgent } };
    return (await write(asked, (change) => createSession(change, userId))).result.id;
  }

  test('is what the client called itself at the sign-in, where it did', async () => {
    const { userId } = await makePerson(services());
    const browser = await sessionIn(userId, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0');
    const program = await sessionIn(userId, null);
    const other = await sessionIn(userId, 'curl/8.1');
    expect(await findSessionAgents(services().db, [browser, program])).toEqual(
      new Map([[browser, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0']]),
    );
    expect(await findSessionAgents(services().db, [other])).toEqual(new Map([[other, 'curl/8.1']]));
    expect(await findSessionAgents(services().db, [])).toEqual(new Map());
  });

  test('is of no other kind of entry', async () => {
    const { userId, organizationId } = await makePerson(services());
    const ctx = commandLine(services());
    const id = await sessionIn(userId, null);
    const later = { ...ctx, client: { ...ctx.client, userAgent: 'another client' } };
    await write(later, async ({ lock, audit }) => {
      await lock(organizationId);
      audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
    });
    expect(await findSessionAgents(services().db, [id])).toEqual(new Map());
  });
});
