import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../bench/options.ts';

const refused: readonly (readonly [args: string[], message: RegExp])[] = [
  [['--only', 'HS256,rs256'], /^There is no row or part rs256\./],
  [['--rival', 'go'], /^--rival takes NAME=COMMAND with \{socket\} or \{port\} in the command, not go\./],
  [['--rival', 'go=./server 50051'], /^--rival takes NAME=COMMAND with \{socket\} or \{port\} in the command/],
  [['--rival', '=./server {port}'], /^--rival takes NAME=COMMAND/],
  [['--rival', 'constant=./server {port}'], /^constant is a row of the benchmark itself\./],
  [['--rounds', '0'], /^--rounds takes a number from 1 to 999, not 0\./],
  [['--rounds', '1000'], /^--rounds takes a number from 1 to 999, not 1000\./],
  [['--against', 'HEAD', '--only', 'ES256,latency'], /^--against compares rows; latency is another part of a run\./],
  [['--fast'], /^Unknown option '--fast'/],
];

for (const [args, message] of refused) {
  test(`refused: ${args.join(' ')}`, () => {
    const said = readOptions(args);
    assert.ok('text' in said && said.wrong);
    assert.match(said.text, message);
  });
}

test('without arguments everything is measured', () => {
  const options = readOptions([]);
  assert.ok(!('text' in options));
  assert.equal(options.rows.length, 14);
  assert.equal(options.parts.size, 5);
  assert.equal(options.quick, false);
});

test('--only takes rows, and parts with the rows that they need; rivals are measured beside them', () => {
  const options = readOptions(['--only', 'HS256,latency', '--rival', 'go=./server const {port}']);
  assert.ok(!('text' in options));
  assert.deepEqual(
    options.rows.map(({ name }) => name),
    ['RS256-reused', 'HS256'],
  );
  assert.deepEqual([...options.parts], ['latency']);
  assert.deepEqual(options.rivals[0]?.serving, { kind: 'rival', command: './server const {port}' });
});

test('a rival is reached by what its command takes', () => {
  const options = readOptions(['--rival', 'go=./server {port}', '--rival', 'rust=./server --at {socket}']);
  assert.ok(!('text' in options));
  assert.deepEqual(
    options.rivals.map(({ over, title }) => [over, title]),
    [
      ['tcp', 'rival: go, over TCP'],
      ['unix', 'rival: rust'],
    ],
  );
});

test('--against takes rows and no other part', () => {
  const options = readOptions(['--against', 'HEAD']);
  assert.ok(!('text' in options));
  assert.deepEqual([options.against, options.rows.length, options.parts.size], ['HEAD', 14, 0]);
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
    assert.ok('text' in said && !said.wrong);
    assert.match(said.text, expected);
  });
}
