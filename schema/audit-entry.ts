import { isDenied } from '../src/changes/events.ts';
import { builder } from './builder.ts';
import { nullIfMissing } from './loaded.ts';
import { findNode, findsNode } from './node.ts';
import { Actor, findActor } from './people/actor.ts';
import { AuditEntryRef } from './refs.ts';

const AuditOutcome = builder.enumType('AuditOutcome', {
  description: 'Whether an audit entry records a change or a denied attempt',
  values: {
    DONE: { description: 'The change took effect' },
    DENIED: { description: 'The attempt was denied, and nothing changed' },
  },
});

builder.objectType(AuditEntryRef, {
  description: 'An entry of the audit log: a change or a denied attempt',
  fields: (t) => ({
    sequence: t.string({
      description:
        'Position in the organization’s audit log. It increases by one with each entry; changes are numbered in the order in which they took effect',
      resolve: (entry) => String(entry.sequence),
    }),
    action: t.exposeString('action', {
      description:
        'Name of the action, for example `api_key.created`, or `api_key.create` for a denied attempt',
    }),
    outcome: t.field({
      type: AuditOutcome,
      description: 'Whether the change took effect or was denied',
      resolve: ({ action }) => (isDenied(action) ? 'DENIED' : 'DONE'),
    }),
    actor: t.field({
      type: Actor,
      description: 'Who made the change or the attempt',
      resolve: (entry, _args, ctx) => findActor(ctx, entry.actor, entry.organizationId),
    }),
    targetId: t.id({
      nullable: true,
      description:
        'ID of the changed object. Null for a denied creation, and for an attempt on an object outside the organization',
      resolve: ({ targetId }) => targetId || null,
    }),
    target: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description: 'The object in its current state. Null if it no longer exists or you can’t access it',
      resolve: ({ targetId }, _args, ctx) => findNode(targetId, ctx),
    }),
    changes: t.field({
      type: 'JSONObject',
      description:
        'The changed fields with their previous and new values: `{"name": ["before", "after"]}`. Empty for a denied attempt. Never contains a secret or its hash',
      // Up to 32 KB: a key's metadata, before and after.
      complexity: 10,
      resolve: (entry) => entry.changes,
    }),
    ip: t.exposeString('ip', {
      nullable: true,
      description: 'IP address of the client. Null for the command line',
    }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'User agent of the client' }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description: 'When the change took effect or the attempt was denied',
    }),
  }),
});

/** Filter of the audit log. */
export const AuditFilter = builder.inputType('AuditFilter', {
  description: 'Filter for the audit log. An entry must match every field that is provided',
  fields: (t) => ({
    outcome: t.field({ type: AuditOutcome, description: 'Only changes or only denied attempts' }),
    actions: t.stringList({ description: 'Entries with any of these actions' }),
    targetId: t.id({ description: 'Entries about the object with this ID' }),
    actorId: t.id({ description: 'Entries by the user or API key with this ID' }),
    from: t.field({
      type: 'DateTime',
      description:
        'Entries at or after this time. With `from` or `to`, the log is sorted by time instead of `sequence`',
    }),
    to: t.field({ type: 'DateTime', description: 'Entries before this time' }),
  }),
});

findsNode('AuditEntry', async (id, ctx) => {
  const entry = await AuditEntryRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return entry && ctx.principal?.can(entry.organizationId, 'audit.view') ? entry : null;
});
