/**
 * Loaded before a program (`--import`): what the program has loaded by its end, as JSON in the file that $MODULES
 * names.
 */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const loaded: string[] = [];

registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

process.on('exit', () => {
  // A worker of the program inherits this module.
  if (process.send !== undefined) return;
  // Not in Node's documentation, and the only list of what a built-in module has loaded of its own accord.
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
  const builtins = moduleLoadList.map((name) => name.replace(/^NativeModule /, 'builtin:'));
  writeFileSync(process.env['MODULES'] ?? '', JSON.stringify([...loaded, ...builtins]));
});
