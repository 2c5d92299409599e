import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCondition, reduced, shownCondition } from '../../../../src/dialects/datapower/export/condition.ts';

const operation = { verb: 'GET', path: '/orders/{id}', id: 'getOrder' };

const decided: [text: string, expected: boolean | 'header' | 'unknown'][] = [
  ["$httpVerb() = 'GET'", true],
  ["(($httpVerb() = 'GET' and $operationPath() = '/orders'))", false],
  ["(($httpVerb() = 'GET' and $operationPath() =\n  '/orders/{id}'))", true],
  ["$operationID() in ['a', 'getOrder']", true],
  ["$not($httpVerb() = 'GET')", false],
  ["$httpVerb() != 'POST'", true],
  ["$apiCtx().request.verb = 'GET'", true],
  ["((request.verb==='GET')&&(api.operation.path==='/orders/{id}'))", true],
  ['!(apim.getvariable(\'request.verb\') == "POST") || x', true],
  ["'GET' === request.verb", true],
  ["request.verb === 'get'", false],
  ["apim.getvariable('request.headers.x-tier') === 'gold'", 'header'],
  ["request.verb === 'POST' && anything(at, all)", false],
  ["request.verb === 'GET' && anything(at, all)", 'unknown'],
  ["request.verb === 'GET' || anything(at, all)", true],
  ["apim.getvariable('request.headers.x-tier.values') === 'gold'", 'unknown'],
  ["apim.getvariable('x.request.headers.x-tier') === 'gold'", 'unknown'],
  // The message is not the request: an action may have changed it.
  ["$header('x-tier') = 'gold'", 'unknown'],
  // In JavaScript, `!` and `?:` bind otherwise.
  ["!request.verb === 'GET'", 'unknown'],
  ["request.verb === 'POST' && a ? b : c", 'unknown'],
  ["function (a) { return request.verb === 'POST' }", 'unknown'],
  ["request.verb === 'GET' === true", 'unknown'],
  ["request.verb === 'G\\x45T'", 'unknown'],
  ['request.verb', 'unknown'],
  ["request.verb === 'GET')", 'unknown'],
  ['', 'unknown'],
  [`${'('.repeat(32)}request.verb === 'GET'${')'.repeat(32)}`, true],
  [`${'('.repeat(33)}request.verb === 'GET'${')'.repeat(33)}`, 'unknown'],
  [`request.verb === 'GET'${' '.repeat(4096 - 22)}`, true],
  [`request.verb === 'GET'${' '.repeat(4096 - 21)}`, 'unknown'],
];
for (const [text, expected] of decided) {
  test(`${text.length > 100 ? `${text.length} characters` : text} is ${expected}`, () => {
    const found = reduced(readCondition(text), operation);
    assert.equal(found.kind === 'constant' ? found.value : found.kind, expected);
  });
}

test('a string in a condition is shown only if it names an operation or a variable', () => {
  const text = "$httpVerb() = 'GET' and $header('x-key') = 'secret' and x = \"secret\"";
  assert.equal(shownCondition(text, [operation]), "$httpVerb() = 'GET' and $header('x-key') = '…' and x = '…'");
});
