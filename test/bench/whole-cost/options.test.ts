import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../../bench/whole-cost/options.ts';

const refused: readonly (readonly [args: string[], message: RegExp])[] = [
  [['--only', 'envoy,lua'], /^There is no way named lua\./],
  [['--rounds', '0'], /^--rounds takes a number from 1 to 999, not 0\./],
  [['--rounds', '1000'], /^--rounds takes a number from 1 to 999, not 1000\./],
  [['--rounds', '2x'], /^--rounds takes a number from 1 to 999, not 2x\./],
  [['--fast'], /^Unknown option '--fast'/],
];

for (const [args, message] of refused) {
  test(`refused: ${args.join(' ')}`, () => {
    const said = readOptions(args);
    assert.ok('text' in said && said.isError);
    assert.match(said.text, message);
  });
}

const chosen: readonly (readonly [args: string[], ways: string[]])[] = [
  [
    [],
    [
      'none',
      'ext_proc-signed',
      'ext_proc',
      'ext_authz',
      'envoy',
      'envoy-missed',
      'none-constant',
      'ext_proc-constant',
      'sds',
    ],
  ],
  [
    ['--only', 'ext_proc'],
    ['none', 'ext_proc'],
  ],
  [
    ['--only', 'envoy'],
    ['none', 'ext_proc', 'envoy'],
  ],
  [
    ['--only', 'envoy-missed'],
    ['none', 'ext_proc-signed', 'ext_proc', 'envoy-missed'],
  ],
  [
    ['--only', 'sds'],
    ['none', 'ext_proc', 'none-constant', 'ext_proc-constant', 'sds'],
  ],
  [
    ['--only', 'heimdall'],
    ['none', 'ext_proc'],
  ],
  [
    ['--only', 'heimdall', '--heimdall', './heimdall'],
    ['none', 'ext_proc', 'heimdall'],
  ],
];

for (const [args, expected] of chosen) {
  test(`the ways of ${args.join(' ') || 'no arguments'}`, () => {
    const options = readOptions(args);
    assert.ok(!('text' in options));
    assert.deepEqual(
      options.ways.map(({ name }) => name),
      expected,
    );
  });
}

test('what is not measured is named', () => {
  const options = readOptions([]);
  assert.ok(!('text' in options));
  assert.deepEqual(options.skipped, ['heimdall is not measured: --heimdall names its program.']);
});
