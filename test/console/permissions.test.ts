import { expect, test } from 'vitest';
import { covers, missingOf } from '../../console/src/viewer/permissions.ts';
import { covers as serverCovers } from '../../src/access/permissions.ts';

test('the console offers what the server allows', () => {
  const held = [['*'], ['api.key.*'], ['api.key.view'], ['api.*', 'team.view'], []];
  const wanted = ['*', 'api.*', 'api.key', 'api.key.*', 'api.key.view', 'team.view', 'apix'];
  for (const permissions of held)
    for (const permission of wanted)
      expect([permissions, permission, covers(permissions, permission)]).toEqual([
        permissions,
        permission,
        serverCovers(permissions, permission),
      ]);
  expect(missingOf(['api.key.*'], ['api.key.view', 'team.view'])).toEqual(['team.view']);
});
