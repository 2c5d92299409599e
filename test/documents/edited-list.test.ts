import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editList, type ListEdit } from '../../src/documents/edited-list.ts';

const added = [{ file: 'b.pem', activeFrom: '2026-07-01T00:00:00Z' }];
const rotation: ListEdit = {
  path: ['keys', 'k', 'versions'],
  set: new Map([[0, { retireAfter: '2026-07-02T00:00:00Z' }]]),
  removed: new Set(),
  added,
};

const layouts: [name: string, before: string, after: string][] = [
  [
    'flow maps in a block list, with comments',
    'keys:\n  # ours\n  k:\n    versions:\n      # first\n      - { file: a.pem }   # by hand\n      # end\nother: 1\n',
    'keys:\n  # ours\n  k:\n    versions:\n      # first\n      - { file: a.pem, retireAfter: 2026-07-02T00:00:00Z }   # by hand\n      - { file: b.pem, activeFrom: 2026-07-01T00:00:00Z }\n      # end\nother: 1\n',
  ],
  [
    'block maps, and a list that is not indented',
    "keys:\n  k:\n    versions:\n    - file: a.pem # one\n      passphrase:\n        file: 'x'\n",
    "keys:\n  k:\n    versions:\n    - file: a.pem # one\n      passphrase:\n        file: 'x'\n      retireAfter: 2026-07-02T00:00:00Z\n    - file: b.pem\n      activeFrom: 2026-07-01T00:00:00Z\n",
  ],
  [
    'a flow list',
    'keys: { k: { versions: [{ file: a.pem }] } } # all\n',
    'keys: { k: { versions: [{ file: a.pem, retireAfter: 2026-07-02T00:00:00Z }, { file: b.pem, activeFrom: 2026-07-01T00:00:00Z }] } } # all\n',
  ],
  [
    'JSON stays JSON',
    '{"keys":{"k":{"versions":[{"file":"a.pem"}]}}}',
    '{"keys":{"k":{"versions":[{"file":"a.pem", "retireAfter":"2026-07-02T00:00:00Z"}, {"file":"b.pem","activeFrom":"2026-07-01T00:00:00Z"}]}}}',
  ],
  [
    'Windows line ends',
    'keys:\r\n  k:\r\n    versions:\r\n      - { file: a.pem }\r\n',
    'keys:\r\n  k:\r\n    versions:\r\n      - { file: a.pem, retireAfter: 2026-07-02T00:00:00Z }\r\n      - { file: b.pem, activeFrom: 2026-07-01T00:00:00Z }\r\n',
  ],
  [
    'a text of several lines at the end',
    'keys:\n  k:\n    versions:\n      - file: |\n          a.pem\nother: 1\n',
    'keys:\n  k:\n    versions:\n      - file: |\n          a.pem\n        retireAfter: 2026-07-02T00:00:00Z\n      - file: b.pem\n        activeFrom: 2026-07-01T00:00:00Z\nother: 1\n',
  ],
  [
    'block maps, with comments below the item',
    'keys:\n  k:\n    versions:\n      - file: a.pem\n         # one\n\n        # two\nother: 1\n',
    'keys:\n  k:\n    versions:\n      - file: a.pem\n        retireAfter: 2026-07-02T00:00:00Z\n      - file: b.pem\n        activeFrom: 2026-07-01T00:00:00Z\n         # one\n\n        # two\nother: 1\n',
  ],
  [
    'no line end at the end',
    'keys:\n  k:\n    versions:\n      - file: a.pem',
    'keys:\n  k:\n    versions:\n      - file: a.pem\n        retireAfter: 2026-07-02T00:00:00Z\n      - file: b.pem\n        activeFrom: 2026-07-01T00:00:00Z',
  ],
];

for (const [name, before, after] of layouts) {
  test(`an item is added to ${name}`, () => assert.equal(editList(before, rotation), after));
}

test('a member that is there gets another value', () => {
  const before = 'keys: { k: { versions: [{ file: a.pem, retireAfter: "2026-01-01T00:00:00Z" }] } }\n';
  const edited = editList(before, { ...rotation, added: [] });
  assert.equal(edited, 'keys: { k: { versions: [{ file: a.pem, retireAfter: 2026-07-02T00:00:00Z }] } }\n');
});

const removals: [name: string, before: string, after: string][] = [
  [
    'a block list',
    'keys:\n  k:\n    versions:\n      # one\n      - { file: a.pem } # gone\n      # two\n      - { file: b.pem }\n',
    'keys:\n  k:\n    versions:\n      # one\n      # two\n      - { file: b.pem }\n',
  ],
  [
    'a flow list',
    'keys: { k: { versions: [{ file: a.pem }, { file: b.pem }] } }',
    'keys: { k: { versions: [{ file: b.pem }] } }',
  ],
];

for (const [name, before, after] of removals) {
  test(`an item is removed from ${name}, and its comments stay`, () => {
    assert.equal(editList(before, { ...rotation, set: new Map(), removed: new Set([0]), added: [] }), after);
  });
}

const refused: [name: string, text: string][] = [
  ['an alias', 'x: &v [{ file: a.pem }]\nkeys: { k: { versions: *v } }\n'],
  ['an item that is an alias', 'x: &v { file: a.pem }\nkeys: { k: { versions: [*v] } }\n'],
  ['an anchor before the item of a block list', 'keys:\n  k:\n    versions:\n      - &v\n        file: a.pem\nx: *v\n'],
  ['no list', 'keys: { k: { versions: 1 } }\n'],
  ['an empty list', 'keys: { k: { versions: [] } }\n'],
  ['no such key', 'keys: {}\n'],
  ['no YAML', 'keys: ['],
];

for (const [name, text] of refused) {
  test(`${name} is not edited`, () => assert.equal(editList(text, rotation), undefined));
}
