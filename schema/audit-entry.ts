import { isDenied } from '../src/changes/events.ts';
import { Actor, findActor } from './actor.ts';
import { builder } from './builder.ts';
import { nullIfMissing } from './loaded.ts';
import { findNode, findsNode } from './node.ts';
import { AuditEntryRef } from './refs.ts';

const AuditOutcome = builder.enumType('AuditOutcome', {
  description: 'Whether an audit entry records a change or a denied attempt',
  values: {
    DONE: { description: 'The change took effect' },
    DENIED: { description: 'Someone tried and was rejected; nothing changed' },
  },
});

builder.objectType(AuditEntryRef, {
  description: 'One change or denied attempt: who, from where and when',
  fields: (t) => ({
    sequence: t.string({
      description:
        'Increases by one with each entry of the organization; changes are numbered in the order in which they took effect',
      resolve: (entry) => String(entry.sequence),
    }),
    action: t.exposeString('action', {
      description:
        '`api_key.created`, `team.created` …; of a denied attempt `api_key.create`, `team.create` …',
    }),
    outcome: t.field({
      type: AuditOutcome,
      description: 'Whether it took effect or was denied',
      resolve: ({ action }) => (isDenied(action) ? 'DENIED' : 'DONE'),
    }),
    actor: t.field({
      type: Actor,
      description: 'Who did it',
      resolve: (entry, _args, ctx) => findActor(ctx, entry.actor, entry.organizationId),
    }),
    targetId: t.id({
      nullable: true,
      description:
        'The object that was changed; null for a denied creation, and for an attempt on an object outside the organization',
      resolve: ({ targetId }) => targetId || null,
    }),
    target: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description: 'The object in its current state; null if it no longer exists or you may not see it',
      resolve: ({ targetId }, _args, ctx) => findNode(targetId, ctx),
    }),
    changes: t.field({
      type: 'JSONObject',
      description:
        'Each changed field with its values: `{"name": ["before", "after"]}`; empty for a denied attempt. Never a secret or its hash',
      // Up to 32 KB: a key's metadata, before and after.
      complexity: 10,
      resolve: (entry) => entry.changes,
    }),
    ip: t.exposeString('ip', {
      nullable: true,
      description: 'The address it came from; null on the command line',
    }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'What the client called itself' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it took effect' }),
  }),
});

/** What an audit log is narrowed to. */
export const AuditFilter = builder.inputType('AuditFilter', {
  description: 'Narrows the audit log; what is left out doesn’t',
  fields: (t) => ({
    outcome: t.field({ type: AuditOutcome, description: 'Only changes, or only denied attempts' }),
    actions: t.stringList({ description: 'Any of these actions' }),
    targetId: t.id({ description: 'Changes of this object' }),
    actorId: t.id({ description: 'Changes by this user or key' }),
    from: t.field({
      type: 'DateTime',
      description: 'Not before this time. With `from` or `to` the log is ordered by time, not by sequence',
    }),
    to: t.field({ type: 'DateTime', description: 'Before this time' }),
  }),
});

findsNode('AuditEntry', async (id, ctx) => {
  const entry = await AuditEntryRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return entry && ctx.principal?.can(entry.organizationId, 'audit.view') ? entry : null;
});
