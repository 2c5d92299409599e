import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PairInUse } from '../../src/cli/pair-in-use.ts';
import type { ListenerTls, TlsPart } from '../../src/configuration/listener-tls.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { createLog } from '../../src/observe/log.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';

const made = await makeTlsFiles();
const pairs = {
  old: { certificate: made['server.crt'], key: made['server.key'], clientAuthorities: undefined },
  new: { certificate: made['server.crt'], key: made['server.key'], clientAuthorities: made['authority.crt'] },
} satisfies Record<string, ListenerTls>;

const problem = (message: string): Problem => {
  const place = { file: 'conf.yaml', line: 3, column: 8 };
  return { code: 'config.unusable-tls', severity: 'error', message, place };
};

type Step = keyof typeof parts;

const parts = {
  plain: { kind: 'plain' },
  old: { kind: 'pair', pair: pairs.old },
  // Equal by its contents only.
  'old again': { kind: 'pair', pair: { ...pairs.old } },
  new: { kind: 'pair', pair: pairs.new },
  mixed: { kind: 'unusable', problems: [problem('The file a.key is another.')] },
  missing: { kind: 'unusable', problems: [problem('The file a.key does not exist.')] },
} satisfies Record<string, TlsPart>;

const [cannot, again, renewed] = ['cannot be used', 'can be used again', 'use a new TLS pair'];

const lives: [
  name: string,
  first: ListenerTls | undefined,
  steps: Step[],
  used: (keyof typeof pairs)[],
  said: string[],
  tlsError: string | undefined,
][] = [
  ['the same pair', pairs.old, ['old', 'old again'], [], [], undefined],
  ['a new pair', pairs.old, ['new', 'new'], ['new'], [renewed], undefined],
  ['there and back', pairs.old, ['new', 'old again'], ['new', 'old'], [renewed, renewed], undefined],
  [
    'a pair that cannot be used, seen three times',
    pairs.old,
    ['mixed', 'mixed', 'mixed'],
    [],
    [cannot],
    'conf.yaml:3:8: The file a.key is another. [config.unusable-tls]',
  ],
  [
    'two states of one',
    pairs.old,
    ['mixed', 'missing'],
    [],
    [cannot, cannot],
    'conf.yaml:3:8: The file a.key does not exist. [config.unusable-tls]',
  ],
  ['a rotation in two steps', pairs.old, ['mixed', 'new'], ['new'], [cannot, again, renewed], undefined],
  ['a rotation that is taken back', pairs.old, ['mixed', 'old'], [], [cannot, again], undefined],
  ['TLS that is taken away, which needs a restart', pairs.old, ['plain', 'new'], ['new'], [renewed], undefined],
  ['TLS that is taken away because it is wrong', pairs.old, ['mixed', 'plain'], [], [cannot], undefined],
  ['TLS that is added, which needs a restart', undefined, ['new'], [], [], undefined],
  ['TLS that is added and wrong', undefined, ['mixed', 'new'], [], [cannot, again], undefined],
];

for (const [name, first, steps, used, said, tlsError] of lives) {
  test(`the pair in use: ${name}`, async () => {
    const lines: string[] = [];
    const readiness = new Readiness();
    const taken: ListenerTls[] = [];
    const useTls = async (pair: ListenerTls): Promise<void> => void taken.push(pair);
    const log = createLog('info', (line) => lines.push(line));
    const usable: boolean[] = [];
    const metrics = { tlsPairUsable: (isUsable: boolean) => void usable.push(isUsable) };
    const inUse = new PairInUse(first, { useTls }, { log, readiness, metrics, keys: { listens: () => undefined } });
    for (const step of steps) await inUse.follow(parts[step]);
    assert.deepEqual(
      taken,
      used.map((which) => pairs[which]),
    );
    assert.equal(lines.length, said.length, lines.join(''));
    for (const [index, words] of said.entries()) assert.ok(lines[index]?.includes(words), lines.join(''));
    assert.equal(readiness.report.tlsError, tlsError);
    assert.equal(usable.at(-1), first === undefined ? undefined : tlsError === undefined);
    assert.doesNotMatch(lines.join(''), /-----BEGIN|PRIVATE/);
  });
}

test('a pair that could not be given to the listener is given to it with the next reload', async () => {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  let isBroken = true;
  let taken = 0;
  const useTls = async (): Promise<void> => {
    if (isBroken) throw new TypeError('found s3cr3t');
    taken++;
  };
  const inUse = new PairInUse(
    pairs.old,
    { useTls },
    {
      log,
      readiness: new Readiness(),
      metrics: { tlsPairUsable: () => undefined },
      keys: { listens: () => undefined },
    },
  );
  await inUse.follow(parts.new);
  isBroken = false;
  await inUse.follow(parts.new);
  assert.equal(taken, 1);
  assert.match(lines[0] ?? '', /"level":"error".*A new TLS pair could not be used/);
  assert.doesNotMatch(lines.join(''), /s3cr3t/);
});
