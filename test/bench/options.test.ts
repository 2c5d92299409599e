import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../bench/options.ts';

/** All of bench/rows.ts. */
const rows = 19;

const refused: readonly (readonly [args: string[], message: RegExp])[] = [
  [['--only', 'HS256,rs256'], /^There is no row or part named rs256\. See --list\./],
  [['--server', 'go'], /^--server takes NAME=COMMAND with \{socket\} or \{port\} in the command, not go\./],
  [['--server', 'go=./server 50051'], /^--server takes NAME=COMMAND with \{socket\} or \{port\} in the command/],
  [['--server', '=./server {port}'], /^--server takes NAME=COMMAND/],
  [['--server', 'constant=./server {port}'], /^The benchmark already has a row named constant\./],
  [['--rounds', '0'], /^--rounds takes a number from 1 to 999, not 0\./],
  [['--rounds', '1000'], /^--rounds takes a number from 1 to 999, not 1000\./],
  [['--against', 'HEAD', '--only', 'ES256,latency'], /^--against measures rows only\. Remove latency from --only\./],
  [['--fast'], /^Unknown option '--fast'/],
];

for (const [args, message] of refused) {
  test(`refused: ${args.join(' ')}`, () => {
    const said = readOptions(args);
    assert.ok('text' in said && said.isError);
    assert.match(said.text, message);
  });
}

test('without arguments everything is measured', () => {
  const options = readOptions([]);
  assert.ok(!('text' in options));
  assert.equal(options.rows.length, rows);
  assert.equal(options.parts.size, 5);
  assert.equal(options.quick, false);
});

test('--only takes rows, and parts with the rows that they need; compared servers are always measured', () => {
  const options = readOptions(['--only', 'HS256,latency', '--server', 'go=./server const {port}']);
  assert.ok(!('text' in options));
  assert.deepEqual(
    options.rows.map(({ name }) => name),
    ['RS256-reused', 'HS256'],
  );
  assert.deepEqual([...options.parts], ['latency']);
  assert.deepEqual(options.compared[0]?.serving, { kind: 'compared', command: './server const {port}' });
});

test('the command of a compared server decides how it is reached', () => {
  const options = readOptions(['--server', 'go=./server {port}', '--server', 'rust=./server --at {socket}']);
  assert.ok(!('text' in options));
  assert.deepEqual(
    options.compared.map(({ over, title }) => [over, title]),
    [
      ['tcp', 'compared: go, over TCP'],
      ['unix', 'compared: rust'],
    ],
  );
});

test('--against takes rows and no other part', () => {
  const options = readOptions(['--against', 'HEAD']);
  assert.ok(!('text' in options));
  assert.deepEqual([options.against, options.rows.length, options.parts.size], ['HEAD', rows, 0]);
});

test('--rounds sets how often each is measured', () => {
  const options = readOptions(['--rounds', '3']);
  assert.ok(!('text' in options));
  assert.equal(options.effort.rounds, 3);
});

for (const [argument, expected] of [
  ['--help', /^Usage: npm run bench/],
  ['--list', /^constant\n(.+\n)+start-up$/],
] as const) {
  test(`${argument} is answered`, () => {
    const said = readOptions([argument]);
    assert.ok('text' in said && !said.isError);
    assert.match(said.text, expected);
  });
}
