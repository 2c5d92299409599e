/**
 * The editor in Chromium: what its users do with keys and pointer, what a screen reader gets, and what the policy of the
 * page allows.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { ShownProblem } from '../../../src/playground/interface.ts';
import type { EditorLanguage } from '../../../src/playground/page/editor/editor-props.ts';
import { needsChromium } from '../../chromium.ts';
import { objections } from '../axe.ts';
import { type EditorPage, openEditorPage } from './editor-page.ts';

const flex: EditorLanguage = { kind: 'file', file: 'flex' };
const apigee: EditorLanguage = { kind: 'file', file: 'apigee' };
const datapower: EditorLanguage = { kind: 'file', file: 'datapower' };
const configuration: EditorLanguage = { kind: 'file', file: 'configuration' };
const expression: EditorLanguage = { kind: 'expression', profile: 'dataweave' };

const policy = `- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: RS512 # of the vendor's eight
    exp: 300
    customClaims:
      - name: sub
        value: "#[upper(authentication.principal default 'nobody')]"
      - name: tenant
        value: "#[attributes.headers['x-tenant']]"
`;

const problem: ShownProblem = {
  severity: 'error',
  code: 'dataweave.unknown-member',
  message: 'Nothing fills `authentication.principl`: it is always null.',
  suggestion: 'Did you mean `authentication.principal`?',
  range: { file: 'policy.yaml', from: { line: 8, column: 25 }, to: { line: 8, column: 50 } },
  help: '',
};

const completed: [
  name: string,
  language: EditorLanguage,
  text: string,
  typed: string,
  option: string,
  result: string,
][] = [
  ['YAML of Flex Gateway', flex, '- config:\n    ', 'signi', 'signingMethod', '- config:\n    signingMethod: '],
  [
    'an expression in YAML',
    flex,
    '- config: { customClaims: [{ value: "#[attributes.',
    'quer',
    'queryParams',
    '- config: { customClaims: [{ value: "#[attributes.queryParams',
  ],
  ['XML of Apigee', apigee, '<GenerateJWT>', '<Audi', 'Audience', '<GenerateJWT><Audience'],
  [
    'an expression in XML',
    apigee,
    '<GenerateJWT><Subject ref="',
    'client.i',
    'client.ip',
    '<GenerateJWT><Subject ref="client.ip',
  ],
  ['YAML of API Connect', datapower, '- jwt-generate:\n    ', 'jws-a', 'jws-alg', '- jwt-generate:\n    jws-alg: '],
  ['the configuration', configuration, '', 'unmat', 'unmatched', 'unmatched: '],
  ['an expression', expression, '[1, 2] ', 'group', 'groupBy', '[1, 2] groupBy '],
];

suite('the editor', needsChromium, () => {
  let open: EditorPage;
  let documents = 0;

  before(async () => {
    open = await openEditorPage();
  });
  after(() => open.close());

  /** A document of its own, with the cursor at its end. */
  async function write(language: EditorLanguage, text: string, problems: readonly ShownProblem[] = []): Promise<void> {
    documents += 1;
    await open.show({ name: `document ${documents}`, language, text, problems });
    await open.page.locator('.cm-content').focus();
    await open.page.keyboard.press('Control+End');
  }

  for (const [name, language, text, typed, option, result] of completed) {
    test(`completes ${name}`, async () => {
      await write(language, text);
      await open.page.keyboard.type(typed);
      await open.page.keyboard.press('Control+Space');
      const first = open.page.locator('.cm-tooltip-autocomplete li[aria-selected]');
      await first.waitFor();
      assert.equal(await first.locator('.cm-completionLabel').textContent(), option);
      // By design, the component takes no Enter in the first 75 ms of a list, so that a fast writer's Enter is a new line.
      await open.page.waitForTimeout(100);
      await open.page.keyboard.press('Enter');
      assert.equal(await open.told(), result);
    });
  }

  test('shows what an option means', async () => {
    await write(expression, '');
    await open.page.keyboard.type('joinB');
    await open.page.locator('.cm-completionInfo').getByText('"read write"').waitFor();
    await open.page.keyboard.press('Escape');
  });

  test('explains a word under the pointer, with its example', async () => {
    await write(flex, policy);
    await open.page.getByText('upper', { exact: true }).hover();
    const box = open.page.locator('.cm-tooltip-hover .code-explanation');
    await box.waitFor();
    assert.match((await box.textContent()) ?? '', /The string in upper case\..*→ "ANA"/s);
    await open.page.mouse.move(0, 0);
  });

  test('explains the word at the cursor with Alt-F1, and says it', async () => {
    await write(flex, policy);
    await open.page.keyboard.press('Control+Home');
    await open.page.keyboard.press('ArrowRight');
    await open.page.keyboard.press('ArrowRight');
    await open.page.keyboard.press('Alt+F1');
    const box = open.page.locator('.cm-tooltip-hover .code-explanation');
    await box.waitFor();
    assert.match((await box.textContent()) ?? '', /The policy that this is/);
    assert.match((await open.page.locator('.cm-announced').textContent()) ?? '', /policyRef: The policy that this is/);
    await open.page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
  });

  test('goes to a problem with F8, with its message, suggestion and code', async () => {
    await write(flex, policy, [problem]);
    await open.page.keyboard.press('Control+Home');
    await open.page.keyboard.press('F8');
    const box = open.page.locator('.cm-tooltip-lint .code-explanation');
    await box.waitFor();
    const text = (await box.textContent()) ?? '';
    for (const part of [/Nothing fills/, /Did you mean/, /dataweave\.unknown-member/]) assert.match(text, part);
    assert.equal(await open.page.evaluate('getSelection().toString()'), 'authentication.principal ');
    assert.match((await open.page.locator('.cm-announced').textContent()) ?? '', /error: Nothing fills/);
    assert.equal(await open.page.locator('.cm-lint-marker-error').count(), 1);
  });

  test('has a history for each document', async () => {
    await open.show({ name: 'one', language: expression, text: '1', problems: [] });
    await open.page.locator('.cm-content').focus();
    await open.page.keyboard.press('Control+End');
    await open.page.keyboard.type('2');
    await open.show({ name: 'two', text: 'a' });
    await open.page.keyboard.press('Control+z');
    assert.equal(await open.page.locator('.cm-line').textContent(), 'a');
    await open.show({ name: 'one', text: '12' });
    await open.page.keyboard.press('Control+z');
    assert.equal(await open.told(), '1');
  });

  for (const [others, undone] of [
    [64, '1'],
    [65, undefined],
  ] as const) {
    test(`after ${others} other documents, ${undone === undefined ? 'forgets' : 'has'} the history of the first`, async () => {
      await write(expression, '1');
      await open.page.keyboard.type('2');
      const name = `document ${documents}`;
      await open.page.evaluate(`for (let i = 0; i < ${others}; i += 1) {
        window.show({ name: '${others}-' + i, text: 'a' });
      }`);
      await open.show({ name, text: '12' });
      await open.page.keyboard.press('Control+z');
      assert.equal(await open.told(), undone);
    });
  }

  test('keeps the cursor when the page gives it the same text, or another around it', async () => {
    await write(expression, 'upper(1)');
    for (let i = 0; i < 3; i += 1) await open.page.keyboard.press('ArrowLeft');
    const name = `document ${documents}`;
    await open.show({ name, text: 'upper(1)' });
    await open.show({ name, text: 'lower(1) ++ upper(1)' });
    await open.page.keyboard.type('x');
    assert.equal(await open.told(), 'lower(1) ++ upperx(1)');
  });

  test('keeps the line breaks of a file', async () => {
    await write(configuration, 'routes: []\r\nkeys: {}\r\n');
    await open.page.keyboard.type('#');
    assert.equal(await open.told(), 'routes: []\r\nkeys: {}\r\n#');
  });

  test('is left with Escape, then Tab; Tab alone indents', async () => {
    await write(configuration, 'a:');
    await open.page.keyboard.press('Tab');
    assert.equal(await open.told(), '  a:');
    await open.page.keyboard.press('Escape');
    await open.page.keyboard.press('Tab');
    assert.equal(await open.page.evaluate('document.activeElement.textContent'), 'After');
  });

  test('marks the expression of a claim, and no longer', async () => {
    const range = { ...problem.range, from: { line: 10, column: 19 }, to: { line: 10, column: 50 } };
    await write(flex, policy);
    await open.page.evaluate(`window.show({ marked: ${JSON.stringify(range)} })`);
    assert.equal(
      await open.page
        .locator('.code-marked')
        .allTextContents()
        .then((all) => all.join('')),
      "attributes.headers['x-tenant']]",
    );
    await open.page.evaluate('window.show({ marked: undefined })');
    assert.equal(await open.page.locator('.code-marked').count(), 0);
  });

  test('highlights the expression inside YAML and XML', async () => {
    await write(flex, policy);
    assert.equal(await open.page.locator('.code-keyword').getByText('default').count(), 1);
    await write(
      apigee,
      '<GenerateJWT><AdditionalClaims><Claim type="map">{"a":"{toUpperCase(client.ip)}"}</Claim></AdditionalClaims></GenerateJWT>',
    );
    assert.equal(await open.page.locator('.code-function').getByText('toUpperCase').count(), 1);
  });

  test('has nothing that axe objects to', async () => {
    const warned: ShownProblem = {
      ...problem,
      severity: 'warning',
      range: { ...problem.range, from: { line: 4, column: 5 }, to: { line: 4, column: 18 } },
    };
    await open.page.emulateMedia({ colorScheme: 'light' });
    await write(flex, policy, [problem, warned]);
    const marked = { ...problem.range, from: { line: 10, column: 19 }, to: { line: 10, column: 50 } };
    await open.page.evaluate(`window.show({ marked: ${JSON.stringify(marked)} })`);
    await open.page.keyboard.press('F8');
    await open.page.locator('.cm-tooltip-lint').waitFor();
    const found = [...(await objections(open.page)), ...(await contrastInTheDark())];
    await write(apigee, '<!-- a --><GenerateJWT name="a"><Issuer ref="b">c {d}</Issuer>');
    await open.page.keyboard.type('<');
    await open.page.locator('.cm-completionInfo').waitFor();
    found.push(...(await objections(open.page)), ...(await contrastInTheDark()));
    await open.page.keyboard.press('Escape');
    assert.deepEqual(found, []);
  });

  /** All but the contrast is the same in the dark. */
  async function contrastInTheDark(): Promise<readonly string[][]> {
    await open.page.emulateMedia({ colorScheme: 'dark' });
    const found = await objections(open.page, { only: 'color-contrast' });
    await open.page.emulateMedia({ colorScheme: 'light' });
    return found;
  }

  test('another document follows while the place of an explanation is still to be measured', async () => {
    await write(flex, policy, [problem]);
    await open.page.keyboard.press('Control+Home');
    await open.page.keyboard.press('F8');
    await open.page.locator('.cm-tooltip-lint').waitFor();
    // A scroll asks for a measurement in the next frame. With one in each task, there is one when the document changes.
    const shorter = JSON.stringify({ name: 'shorter', language: expression, text: '1', problems: [] });
    await open.page.evaluate(`(async () => {
      const scroller = document.querySelector('.cm-scroller');
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        scroller.dispatchEvent(new Event('scroll'));
        port2.postMessage(undefined);
      };
      port2.postMessage(undefined);
      window.show(${shorter});
      for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
      port1.close();
    })()`);
    assert.deepEqual(open.errors, []);
  });

  test('keeps to the policy of the page, and makes no error', async () => {
    assert.deepEqual(await open.page.evaluate('window.violations'), []);
    assert.deepEqual(open.errors, []);
  });
});
