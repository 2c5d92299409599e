/**
 * @module
 * Mistakes of beginners in command lines, expressions and request files.
 */
import type { Mistake } from './world.ts';

const mint = 'mint --policy flex.yaml --request request.json';

export const commandMistakes: readonly Mistake[] = [
  { name: 'a misspelt command', command: 'valdate flex.yaml', words: /Did you mean `validate`/ },
  { name: 'validate without a file', command: 'validate', words: /At least one file/ },
  { name: 'validate of a missing file', command: 'validate flx.yaml', words: /has a file `flex\.yaml`/ },
  {
    name: 'validate of several files, one of them missing',
    edit: { file: 'flex.yaml', replace: 'exp: 300', by: 'exp: "300"' },
    command: 'validate none.yaml flex.yaml',
    code: 'policy.wrong-type',
    line: 7,
    words: /none\.yaml does not exist/,
    problems: 2,
  },
  { name: 'a misspelt option', command: 'mint --polcy flex.yaml', words: /Did you mean `--policy`/ },
  { name: 'mint without a request', command: 'mint --policy flex.yaml', words: /The option --request is required/ },
  { name: 'a time in words', command: `${mint} --at tomorrow`, words: /seconds since the epoch/ },
  { name: 'an unknown format', command: `${mint} --format yaml`, words: /text, json or token/ },
  { name: 'serve without --config', command: 'serve mintproc.yaml', words: /--config mintproc\.yaml/ },
  { name: 'serve with a missing file', command: 'serve --config mintproc.yml', words: /has a file `mintproc\.yaml`/ },
  { name: 'explain of a missing file', command: 'explain --policy flx.yaml', words: /does not exist/ },
  {
    name: 'a comma at the end of a request',
    edit: { file: 'request.json', replace: '"ann" }\n', by: '"ann" },\n' },
    command: mint,
    words: /not JSON: look at line 4/,
  },
  {
    name: 'a misspelt member of a request',
    edit: { file: 'request.json', replace: '"authentication"', by: '"authentification"' },
    command: mint,
    words: /authentication/,
  },
  {
    name: 'a list for a request',
    edit: { file: 'request.json', by: '[]' },
    command: mint,
    words: /The document must be a map/,
  },
  {
    name: 'an expression that does not end',
    edit: { file: 'flex.yaml', replace: 'authentication.principal]', by: 'upper(authentication.principal]' },
    command: 'validate flex.yaml',
    code: 'dataweave.unexpected-token',
    line: 10,
    words: /ends too early: expected/,
  },
  {
    name: 'a misspelt function',
    edit: { file: 'flex.yaml', replace: 'authentication.principal]', by: 'uper(authentication.principal)]' },
    command: 'validate flex.yaml',
    code: 'dataweave.unknown-name',
    line: 10,
    words: /upper/,
  },
  {
    name: 'text around an expression',
    edit: { file: 'flex.yaml', replace: '"#[authentication', by: '"user-#[authentication' },
    command: 'validate flex.yaml',
    code: 'policy.template',
    line: 10,
    words: /#\['user-' \+\+/,
  },
];
