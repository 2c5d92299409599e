import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editions } from '../../../src/dialects/apigee/editions.ts';
import { compileTimeFormat } from '../../../src/dialects/apigee/time-format.ts';
import { readDate, readDuration } from '../../../src/dialects/apigee/times.ts';

const dates: [text: string, expected: string | undefined][] = [
  ['2017-08-14T11:00:21.269-0700', '2017-08-14T18:00:21.269Z'],
  ['2017-08-14T11:00:21Z', '2017-08-14T11:00:21.000Z'],
  ['2017-08-14T11:00:21.1+05:30', '2017-08-14T05:30:21.100Z'],
  ['Mon, 14 Aug 2017 11:00:21 EST', '2017-08-14T16:00:21.000Z'],
  ['Mon, 14 August 2017 11:00:21 GMT', '2017-08-14T11:00:21.000Z'],
  ['Mon, 14 Aug 2017 11:00:21 GMT+02:00', '2017-08-14T09:00:21.000Z'],
  ['Mon, 14 Aug 2017 11:00:21 +0200', '2017-08-14T09:00:21.000Z'],
  ['mon, 4 aug 2017 11:00:21 pst', '2017-08-04T19:00:21.000Z'],
  ['Wednesday, 14-Aug-99 11:00:21 UTC', '1999-08-14T11:00:21.000Z'],
  ['Thursday, 14-Aug-2049 11:00:21 UTC', '2049-08-14T11:00:21.000Z'],
  ['Sat Feb 29 00:00:00 2020', '2020-02-29T00:00:00.000Z'],
  ['Sat Feb 29 00:00:00 2021', undefined],
  ['2017-13-14T11:00:21Z', undefined],
  ['2017-08-14T24:00:21Z', undefined],
  ['2017-08-14T11:60:21Z', undefined],
  ['2017-08-14T11:00:60Z', undefined],
  ['2017-08-14T11:00:21+2500', undefined],
  ['2017-08-14T11:00:21', undefined],
  ['2017-08-14', undefined],
  ['Mon, 14 Agu 2017 11:00:21 GMT', undefined],
  ['Mon, 14 Aug 2017 11:00:21 ABC', undefined],
  ['', undefined],
];

for (const [text, expected] of dates) {
  test(`date ${text}`, () => {
    const at = readDate(text);
    assert.equal(at === undefined ? undefined : new Date(at).toISOString(), expected);
  });
}

test('a month has a short and a long name', () => {
  const names = 'January February March April May June July August September October November December'.split(' ');
  const read = (name: string) => readDate(`Mon, 14 ${name} 2017 11:00:21 GMT`);
  const expected = names.map((_, month) => Date.UTC(2017, month, 14, 11, 0, 21));
  assert.deepEqual([names.map(read), names.map((name) => read(name.slice(0, 3)))], [expected, expected]);
});

/** Java's names of zones, by their minutes east of Greenwich. */
const zones: Readonly<Record<string, string>> = {
  0: 'GMT UTC UT Z WET',
  60: 'WEST BST CET MET',
  120: 'CEST MEST EET',
  180: 'EEST MSK',
  330: 'IST',
  480: 'SGT HKT AWST',
  540: 'JST KST',
  570: 'ACST',
  600: 'AEST',
  660: 'AEDT',
  720: 'NZST',
  780: 'NZDT',
  [-180]: 'BRT ADT',
  [-210]: 'NST',
  [-240]: 'AST EDT',
  [-300]: 'EST CDT',
  [-360]: 'CST MDT',
  [-420]: 'MST PDT',
  [-480]: 'PST AKDT',
  [-540]: 'AKST',
  [-600]: 'HST',
};

test('a zone has its offset under each of its names', () => {
  for (const [minutes, names] of Object.entries(zones)) {
    const found = names.split(' ').map((zone) => [zone, readDate(`Mon, 14 Aug 2017 11:00:21 ${zone}`)]);
    const expected = Date.UTC(2017, 7, 14, 11, -Number(minutes), 21);
    assert.deepEqual(
      found,
      names.split(' ').map((zone) => [zone, expected]),
    );
  }
});

const durations: [text: string, expected: number | undefined][] = [
  ['0', 0],
  ['10', 10],
  ['10ms', 10],
  ['10s', 10_000],
  ['10m', 600_000],
  ['10h', 36_000_000],
  ['10d', 864_000_000],
  ['8640000000000000', 8_640_000_000_000_000],
  ['8640000000000001', undefined],
  ['10H', undefined],
  ['10 s', undefined],
  ['-1s', undefined],
  ['1.5h', undefined],
  ['1e3', undefined],
  ['s', undefined],
  ['', undefined],
];

for (const [text, expected] of durations) {
  test(`duration '${text}' on Apigee X`, () => assert.equal(readDuration(text, editions.x)?.milliseconds, expected));
}

test('a number without a unit means seconds on Edge', () => {
  assert.deepEqual(readDuration('10', editions.edge), { milliseconds: 10_000, unit: undefined });
});

const formats: [format: string, expected: string | undefined][] = [
  ['yyyy-MM-dd', '2023-11-04'],
  ['yy/M/d', '23/11/4'],
  ['EEE EEEE', 'Sat Saturday'],
  ['MMM MMMM', 'Nov November'],
  ['h:mm a', '1:05 PM'],
  ['HH.mm.ss.SSS', '13.05.09.007'],
  ["'o''clock' ''h''", "o'clock '1'"],
  ['z Z X', 'UTC +0000 Z'],
  ['', ''],
  ['Q', undefined],
  ["'open", undefined],
];

for (const [format, expected] of formats) {
  test(`time format ${format}`, () => {
    assert.equal(compileTimeFormat(format)?.(Date.UTC(2023, 10, 4, 13, 5, 9, 7)), expected);
  });
}
