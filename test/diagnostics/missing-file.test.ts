import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListFolder, missingFileHint } from '../../src/diagnostics/missing-file.ts';

const folders: Readonly<Record<string, readonly string[]>> = {
  '.': ['keys', 'mintproc.yaml', 'partner.xml'],
  keys: ['signing.pem', '.signing', 'a secret name.pem', 'backend.key'],
  '/etc': ['mintproc'],
  '/': ['etc'],
};

const list: ListFolder = (folder) => {
  const names = folders[folder];
  return names === undefined ? { kind: 'failed' } : { kind: 'names', names };
};

const rows: readonly (readonly [name: string, path: string, hint: RegExp | undefined])[] = [
  [
    'a name with two letters swapped',
    'keys/singing.pem',
    /^The folder has a file `signing\.pem`\. A relative path begins/,
  ],
  ['another extension', 'keys/backend.pem', /`backend\.key`/],
  ['another case', 'keys/SIGNING.pem', /`signing\.pem`/],
  ['nothing near', 'keys/other.pem', /^A relative path begins at the folder of mintproc\.yaml\.$/],
  ['a name that is not shown', 'keys/a secret nam.pem', /^A relative path/],
  ['a folder that is misspelt', 'key/signing.pem', /^Its folder does not exist, but `keys` does/],
  ['a folder that is nowhere', 'secrets/signing.pem', /^Its folder does not exist\. A relative/],
  ['the home folder', '~/keys/signing.pem', /`~` is not the home folder/],
  ['the home folder, resolved', 'conf/~/signing.pem', /`~` is not the home folder/],
  ['a variable', '$HOME/signing.pem', /Variables are not replaced/],
  ['a file in the same folder', 'partner.yaml', /`partner\.xml`/],
  ['a folder of the root', '/etcc/x', /`etc` does/],
  ['a file that exists', 'keys/signing.pem', undefined],
];

for (const [name, path, hint] of rows) {
  test(`a missing file: ${name}`, () => {
    const found = missingFileHint(path, list);
    if (hint === undefined) assert.equal(found, undefined);
    else assert.match(found ?? '', hint);
  });
}

test('of a folder, 1,000 names are compared, and no more', () => {
  const names = (count: number): ListFolder => {
    const others = Array.from({ length: count }, (_, index) => `other-${index}`);
    return () => ({ kind: 'names', names: [...others, 'signing.pem'] });
  };
  assert.equal(missingFileHint('singing.pem', names(999), ''), 'The folder has a file `signing.pem`.');
  assert.equal(missingFileHint('singing.pem', names(1000), ''), undefined);
});
