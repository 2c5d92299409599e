import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { ListenError } from '../../src/net/listen-error.ts';
import { createLog, type Log, type LogFields, type LogLevel, maxTextLength } from '../../src/observe/log.ts';

const secret = 's3cr3t-value';

function logging(level: LogLevel): { log: Log; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  return { log: createLog(level, (line) => written.push(line)), lines: () => written.map((line) => JSON.parse(line)) };
}

test('a line', () => {
  const { log, lines } = logging('info');
  log.info('Started.', { address: '127.0.0.1:9464', policies: 2 });
  const [{ time, ...rest } = {}] = lines();
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, { level: 'info', address: '127.0.0.1:9464', policies: 2, message: 'Started.' });
});

test('durations are written to the microsecond, and counts as they are: 500 numbers', () => {
  const { log, lines } = logging('info');
  const numbers = Array.from({ length: 500 }, (_, i) => (i + 1) * 0.000_123_456_789);
  for (const [i, seconds] of numbers.entries())
    log.info('Said.', { seconds, cpuSeconds: seconds, suppressed: 2 ** (i % 50) });
  for (const [i, { seconds, cpuSeconds, suppressed }] of lines().entries()) {
    assert.match(String(seconds), /^\d(\.\d{1,6})?$/);
    assert.ok(Math.abs(Number(seconds) - (numbers[i] ?? 0)) < 0.000_001);
    assert.deepEqual([cpuSeconds, suppressed], [seconds, 2 ** (i % 50)]);
  }
});

const levels: [level: LogLevel, written: string[]][] = [
  ['trace', ['debug', 'info', 'warn', 'error']],
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
  ['fatal', []],
  ['silent', []],
];

for (const [level, written] of levels) {
  test(`the level ${level}`, () => {
    const { log, lines } = logging(level);
    for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method]('Said.');
    assert.deepEqual(
      lines().map((line) => line['level']),
      written,
    );
  });
}

const smuggled: [name: string, fields: object, taken: object][] = [
  ['an unknown field', { authorization: secret }, {}],
  ['a field of the prototype', { ['__proto__']: secret, constructor: secret }, {}],
  ['an object in a known field', { policy: { token: secret } }, {}],
  ['an array in a known field', { reason: [secret] }, {}],
  ['a text where a number belongs', { seconds: secret }, {}],
  ['a request id with a space', { requestId: `a ${secret}` }, {}],
  ['a request id that is too long', { requestId: 'a'.repeat(129) }, {}],
  ['an empty request id', { requestId: '' }, {}],
  ['a request id of the maximum length', { requestId: 'a'.repeat(128) }, { requestId: 'a'.repeat(128) }],
  [
    'a uuid',
    { requestId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
    { requestId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
  ],
  ['a text of the maximum length', { reason: 'a'.repeat(maxTextLength) }, { reason: 'a'.repeat(maxTextLength) }],
  ['a text that is too long', { reason: 'a'.repeat(maxTextLength + 1) }, { reason: `${'a'.repeat(maxTextLength)}…` }],
  ['an absent field', { policy: undefined }, {}],
];

for (const [name, fields, taken] of smuggled) {
  test(`the fields of a line: ${name}`, () => {
    const { log, lines } = logging('info');
    log.info('Said.', fields as LogFields);
    const [{ time: _time, level: _level, message: _message, ...rest } = {}] = lines();
    assert.deepEqual(rest, taken);
  });
}

const problem = problemAt(SourceText.ofFile('a.yaml', 'a: b\n'), 3, 'policy.syntax', { message: 'Not well formed.' });
const foreign = Object.assign(new Error(`${secret}\n    at ${secret}`), { code: 'ECONNRESET' });

const errors: [name: string, error: unknown, taken: object][] = [
  [
    'of a request',
    new MintError('mint.signing-failed', 'The key could not sign.', foreign),
    {
      error: 'MintError',
      code: 'mint.signing-failed',
      reason: 'The key could not sign.',
    },
  ],
  [
    'of an author',
    new LocatedError(problem),
    {
      error: 'LocatedError',
      code: 'policy.syntax',
      reason: 'Not well formed.',
      place: 'a.yaml:1:4',
    },
  ],
  [
    'of an address',
    new ListenError('observe.listen-failed', 'Cannot.'),
    {
      error: 'ListenError',
      code: 'observe.listen-failed',
      reason: 'Cannot.',
    },
  ],
  ['of someone else', foreign, { error: 'Error', systemCode: 'ECONNRESET' }],
  ['that is not an Error', secret, { error: 'string' }],
];

for (const [name, error, taken] of errors) {
  test(`an error ${name}`, () => {
    const { log, lines } = logging('info');
    log.failure('It failed.', error);
    const [{ time: _time, stack, ...rest } = {}] = lines();
    assert.deepEqual(rest, { level: 'error', message: 'It failed.', ...taken });
    assert.ok(!JSON.stringify(lines()).includes(secret));
    if (error === foreign) assert.match(String(stack), /^at .*log\.test\.ts/);
  });
}

test('standard output gets every line, also when the process exits immediately', () => {
  const script = `
    import { createLog, gapLine } from ${JSON.stringify(import.meta.resolve('../../src/observe/log.ts'))};
    import { openLogOutput } from ${JSON.stringify(import.meta.resolve('../../src/observe/log-output.ts'))};
    const log = createLog('info', openLogOutput({ gapLine, onDropped: () => process.exit(1) }).write);
    for (let i = 0; i < 500; i++) log.info('Said.', { generation: i });
    process.exit(0);
  `;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  const lines = child.stdout.trimEnd().split('\n');
  assert.deepEqual([lines.length, JSON.parse(lines.at(-1) ?? '').generation], [500, 499]);
});
