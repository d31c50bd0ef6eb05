import { expect, test } from 'vitest';
import { finish, start } from './cli/run.ts';
import { missingOf } from './support/programs.ts';
import { readerOfReadme } from './support/readme.ts';
import { eventually } from './support/wait.ts';

const missing = missingOf('caddy', 'curl');

const RECORD_ARGUMENTS = {
  commands: 'curl() { echo "$*" >> curl-arguments; command curl "$@"; }',
  line: 0,
  output: null,
};
const SHOW_ARGUMENTS = { commands: 'cat curl-arguments', line: 0, output: null };

test.skipIf(missing)(
  `all commands of README.md work as pasted, and again in another terminal, next to another organization${missing}`,
  { timeout: 300_000 },
  async () => {
    const reader = await readerOfReadme();
    const sections = [
      'Quick start',
      'Protect an API behind a gateway',
      'Verify inside your API',
      'Use the API from your code',
    ];
    const steps = sections.flatMap((title) => reader.steps(title));
    for (const round of ['first', 'second']) {
      const terminal = reader.open();
      // Other users of the machine can read the arguments of processes.
      await terminal.paste(RECORD_ARGUMENTS);
      let printed = '';
      for (const step of steps) printed += await terminal.paste(step);
      // The server and its verification process. The verifier of the first round may not have stopped yet,
      // and counts as a third node then.
      expect(printed, round).toMatch(/"valid":true[\s\S]*"confirmedNodes":[23],[\s\S]*"code":"REVOKED"/);
      expect(printed, round).toMatch(/issued key_\w+[\s\S]*accepted: customer-42/);
      const recorded = await terminal.paste(SHOW_ARGUMENTS);
      expect(recorded).toContain('/graphql');
      expect(recorded, 'secrets in the process list').not.toMatch(/sess_|kw_live_/);
      expect(terminal.stderr(), round).not.toMatch(/error|^ +at /im);

      // Its owner is the same person, who must choose an organization from now on.
      const options = ['--organization', 'Another', '--email', 'owner@localhost'];
      expect(await finish(start(reader.env, 'init', ...options))).toMatchObject({ code: 0 });
    }
    expect(reader.server.stderr()).toBe('');
  },
);

test.skipIf(missing)(
  `the subscription of README.md shows a key that is created meanwhile${missing}`,
  async () => {
    const reader = await readerOfReadme();
    const [signIn, define, create] = reader.steps('Quick start');
    const [subscribe] = reader.steps('Subscribe to changes');
    if (!signIn || !define || !create || !subscribe) throw new Error('README.md lacks a step');
    const [watching, creating] = [reader.open(), reader.open()];
    await watching.paste(signIn);
    const events = watching.paste({ ...subscribe, commands: `${subscribe.commands}\n` });
    events.catch(() => {});
    for (const step of [signIn, define]) await creating.paste(step);
    await eventually(async () => {
      await creating.paste(create);
      return /"__typename":"ApiKeyCreated".*Terraform CI\/CD/.test(watching.stdout());
    });
  },
);
