/**
 * The pictures of docs/: what the bars of the benchmark show, and that each picture can be read without seeing it.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { type BarPicture, barsAsSvg } from './pictures/bars.ts';
import { numberIn, tableBelow } from './pictures/results.ts';

const root = join(import.meta.dirname, '..', '..');

const page = `# Results

## Through Envoy, at 2000 requests per second

| row |  | CPU µs | bare µs |
| --- | --- | --: | --: |
| constant | transport alone | 35.4 |  |
| RS256 | signed | 384.2 µs | 359.1 |

## Start-up

None.
`;

test('a table of the results, by the names of its columns', () => {
  assert.deepEqual(tableBelow(page, 'Through Envoy, at 2000'), [
    { row: 'constant', '': 'transport alone', 'CPU µs': '35.4', 'bare µs': '' },
    { row: 'RS256', '': 'signed', 'CPU µs': '384.2 µs', 'bare µs': '359.1' },
  ]);
});

for (const heading of ['Start-up', 'Latency']) {
  test(`no table below "${heading}"`, () => {
    assert.throws(() => tableBelow(page, heading), { message: `bench/RESULTS.md has no table "${heading}".` });
  });
}

const cells: [cell: string | undefined, number: number | undefined][] = [
  ['4.92 µs', 4.92],
  ['0', 0],
  ['', undefined],
  [undefined, undefined],
];

for (const [cell, number] of cells) {
  test(`the number in ${JSON.stringify(cell)}`, () => assert.equal(numberIn(cell), number));
}

const picture: BarPicture = {
  title: 'Cost & gain',
  unit: 'µs',
  series: [
    { name: 'ours', tone: 'own' },
    { name: 'theirs', tone: 'other' },
  ],
  rows: [
    { label: 'one', values: [10, 20] },
    { label: 'two', values: [undefined, 40] },
  ],
};

/** The widths of the bars of a class. */
function widths(svg: string, tone: string): number[] {
  return Array.from(svg.matchAll(new RegExp(`<rect class="${tone}" [^>]*?width="([\\d.]+)" height="13" rx="2"/>`, 'g')))
    .map(([, width]) => Number(width))
    .slice(1);
}

test('bars are as long as their figures say', () => {
  const svg = barsAsSvg(picture);
  const [ours = 0] = widths(svg, 'own');
  assert.ok(ours > 50);
  assert.deepEqual(
    [...widths(svg, 'own'), ...widths(svg, 'other')].map((width) => Math.round((width / ours) * 10)),
    [10, 20, 40],
  );
});

test('the description has every figure, and what is missing is omitted', () => {
  assert.match(
    barsAsSvg(picture),
    /<desc id="description">Bars, µs\. one: ours 10, theirs 20; two: theirs 40\.<\/desc>/,
  );
});

test('a title is text, not markup', () => {
  assert.match(barsAsSvg(picture), /<title id="title">Cost &amp; gain<\/title>/);
});

const files = globSync('docs/pictures/*.svg', { cwd: root });

for (const file of files) {
  test(`${file} has a title, a description and a dark scheme, and loads nothing`, () => {
    const svg = readFileSync(join(root, file), 'utf8');
    const elements = new Map<string, number>();
    const addresses: string[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => assert.fail(error.message));
    parser.on('opentag', ({ name, attributes }) => {
      elements.set(name, (elements.get(name) ?? 0) + 1);
      for (const key of ['href', 'xlink:href', 'src'])
        if (attributes[key] !== undefined) addresses.push(attributes[key]);
    });
    parser.write(svg).close();
    assert.deepEqual([elements.get('title'), elements.get('desc'), elements.get('script')], [1, 1, undefined]);
    assert.match(svg, /role="img" aria-labelledby="title description"/);
    assert.match(svg, /@media \(prefers-color-scheme: ?dark\)/);
    assert.deepEqual([...addresses, ...Array.from(svg.matchAll(/url\((?!#)[^)]*\)|@import/g), ([found]) => found)], []);
  });
}

test('each picture is shown by a page', () => {
  const pages = globSync('docs/**/*.md', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'));
  assert.deepEqual(
    files.filter(
      (file) =>
        !pages.some(
          (text) =>
            text.includes(`/${file.slice('docs/'.length)})`) || text.includes(`(${file.slice('docs/'.length)})`),
        ),
    ),
    [],
  );
});
