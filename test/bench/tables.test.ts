import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMarkdown, asText } from '../../bench/tables.ts';

const table = {
  title: 'Costs',
  head: ['row', 'CPU µs', 'bare µs'],
  rows: [
    ['constant', '9.5', ''],
    ['HS256', '12.5', '-2.3'],
  ],
};

test('a table as text: words left-aligned, figures right-aligned', () => {
  assert.equal(
    asText(table),
    ['Costs', '', '  row       CPU µs  bare µs', '  constant     9.5', '  HS256       12.5     -2.3', ''].join('\n'),
  );
});

test('a table as Markdown', () => {
  assert.equal(
    asMarkdown(table),
    [
      '## Costs',
      '',
      '| row | CPU µs | bare µs |',
      '| --- | --: | --: |',
      '| constant | 9.5 |  |',
      '| HS256 | 12.5 | -2.3 |',
      '',
    ].join('\n'),
  );
});
