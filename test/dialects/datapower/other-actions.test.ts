/**
 * @module
 * What actions set that mintproc does not run: the names that a script contains, and the limits of the search.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectsOf } from '../../../src/dialects/datapower/other-actions.ts';

const limit = 256 * 1024;
const setA = "context.set('a', 1)";
const longName = 'n'.repeat(256);

const scripts: [name: string, source: string, names: readonly string[], isOpen: boolean][] = [
  ['single quotes', setA, ['a'], false],
  ['double quotes', 'apim.setvariable("b.c", x)', ['b.c'], false],
  ['a template without insertions', 'apic.set( `d` , x)', ['d'], false],
  ['an action as third argument', "apim.setvariable('e', x, 'set')", ['e'], false],
  ['twice', `${setA}; ${setA}`, ['a'], false],
  ['a computed name', 'context.set(name, 1)', [], true],
  ['a name that is only begun', "context.set('f' + g, 1)", [], true],
  ['a template with an insertion', 'context.set(`h$' + '{i}`, 1)', [], true],
  ['a header', "context.message.header.set('X-User', x)", ['message.headers.X-User'], false],
  ['a map of the language', "new Map().set('j', 1)", [], false],
  ['nothing', "session.output.write('setvariable')", [], false],
  ['a name of the maximum length', `context.set('${longName}', 1)`, [longName], false],
  ['a longer name', `context.set('${longName}n', 1)`, [], true],
  ['a script of the maximum length', setA.padEnd(limit), ['a'], false],
  ['a longer script', setA.padEnd(limit + 1), [], true],
];

for (const [name, source, names, isOpen] of scripts) {
  test(`what a script sets: ${name}`, () =>
    assert.deepEqual(effectsOf('gatewayscript', { source }), { names, isOpen }));
}

const actions: [name: string, properties: unknown, names: readonly string[], isOpen: boolean][] = [
  ['invoke', { output: 'customer' }, ['customer'], false],
  ['invoke', { output: '' }, ['message'], false],
  ['map', { outputs: { a: { variable: 'x' }, b: null, c: { variable: 1 } } }, ['x'], false],
  ['map', { outputs: [] }, [], false],
  ['log', null, [], false],
  ['gatewayscript', null, [], false],
  ['my-policy', { output: 'x' }, [], true],
  ['constructor', {}, [], true],
];

for (const [name, properties, names, isOpen] of actions) {
  test(`what ${name} sets with ${JSON.stringify(properties)}`, () => {
    assert.deepEqual(effectsOf(name, properties), { names, isOpen });
  });
}
