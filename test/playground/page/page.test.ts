import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { toFragment } from '../../../src/playground/page/link.ts';
import { subjectOfExample } from '../../../src/playground/page/subject.ts';
import { needsChromium } from '../../chromium.ts';
import { runCommand } from '../../cli/captured-terminal.ts';
import { exampleNamed, workspaces } from '../client.ts';
import { choose, claim, copied, openTab, pageUrl, sharedTab, startProcess, write } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-page-files-'));
after(() => rmSync(folder, { recursive: true }));

const flex = exampleNamed('flex');
const [policy = assert.fail('The example has a policy.')] = flex.files;

async function flexTab(): Promise<Page> {
  const page = await openTab(await pageUrl());
  await page.getByText('Verified', { exact: true }).waitFor();
  return page;
}

for (const { name, files } of workspaces) {
  test(`the example ${name} has a verified token, and its test case passes`, needsChromium, async () => {
    const page = await sharedTab();
    await choose(page, `example:${name}`);
    await page.getByRole('tab', { name: files[0]?.name ?? '' }).waitFor();
    await page.getByText('Verified', { exact: true }).waitFor();
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    writeFileSync(join(folder, 'copied.test.yaml'), await copied(page, 'Copy Test case'));
    const ran = await runCommand(['test', join(folder, 'copied.test.yaml')]);
    assert.equal(ran.code, 0, ran.out);
    assert.match(ran.out, /1 passed, 0 failed/);
  });
}

test('an error is listed, and a click goes to its place', needsChromium, async () => {
  const page = await sharedTab();
  await write(page, policy.name, policy.text.replace('#[uuid()]', '#[uuidd()]'));
  const problem = page.getByRole('button', { name: /^Error: .*uuidd/ });
  await problem.waitFor();
  await page.getByText('This is the last result.', { exact: false }).waitFor();
  await page.getByRole('tab', { name: 'mintproc.yaml' }).click();
  await problem.click();
  await page.getByRole('tab', { name: policy.name, selected: true }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.closest(".pane").id'), 'pane-policy');
});

test('a change of the policy is shown and announced', needsChromium, async () => {
  const page = await sharedTab();
  await write(page, policy.name, policy.text.replace('authentication.principal', "'me' ++ authentication.principal"));
  const changes = page.getByRole('region', { name: 'Changed by the last edit' });
  await changes.getByText('"meapp-4711"').waitFor();
  assert.deepEqual(await changes.locator('.member-name').allTextContents(), ['sub']);
  await page.getByRole('status').getByText('Token changed: sub changed.').waitFor({ state: 'attached' });
});

test('the form and a preset change the token, and what the form does not show stays', needsChromium, async () => {
  const page = await sharedTab();
  await page.getByRole('textbox', { name: 'Value of header x-channel' }).fill('kiosk');
  await claim(page, 'channel').getByText('"KIOSK"', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'An employee with roles' }).click();
  await claim(page, 'sub').getByText('"alice"', { exact: true }).first().waitFor();
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await write(page, 'Request and caller as YAML', `# mine\n${flex.case}`);
  await page.getByRole('tab', { name: 'Form' }).click();
  await page.getByRole('textbox', { name: 'Path' }).fill('/orders/8');
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await page.getByText('# mine').waitFor();
  await page.getByText('/orders/8').waitFor();
});

test('a claim marks and leads to its expression', needsChromium, async () => {
  const page = await sharedTab();
  await page.getByRole('tab', { name: 'mintproc.yaml' }).click();
  await claim(page, 'tenant').getByRole('button').click();
  await page.getByRole('tab', { name: policy.name, selected: true }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.closest(".pane").id'), 'pane-policy');
});

test('a refusal is shown as the request gets it, with the page of its code', needsChromium, async () => {
  const page = await sharedTab();
  await page.getByRole('textbox', { name: 'Path' }).fill('/health');
  const response = page.getByRole('region', { name: 'The response that the client gets' });
  await response.getByRole('heading', { name: /^403/ }).waitFor();
  await response
    .getByText(/^[a-z]+\.[a-z-]+$/)
    .first()
    .waitFor();
});

test('a hostile expression gets its refusal, and the page goes on', needsChromium, async () => {
  const page = await sharedTab();
  await choose(page, 'example:dataweave-expression');
  await page.getByRole('heading', { name: 'Value' }).waitFor();
  await page.getByRole('combobox', { name: 'Profile' }).selectOption('dataweave');
  await write(page, 'Expression', 'sum((1 to 10000) map sum((1 to 10000) map ($ * 2)))');
  await page
    .getByText(/visits more than \d+ elements/)
    .first()
    .waitFor();
  await write(page, 'Expression', '20 + 22');
  await page.locator('.value').getByText('42', { exact: true }).waitFor();
});

test('a link restores everything, and leaves no trace in the address', needsChromium, async () => {
  const page = await flexTab();
  await page.getByRole('combobox', { name: 'Appearance' }).selectOption('dark');
  await write(page, policy.name, policy.text.replace("'orders'", "'linked'"));
  await claim(page, 'aud').getByText('"linked"', { exact: true }).first().waitFor();
  const link = await copied(page, 'Copy link');
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#state=[\w-]+$/);
  await page.goto('about:blank');
  await page.goto(link);
  await claim(page, 'aud').getByText('"linked"', { exact: true }).waitFor();
  await page.getByText('This comes from a link.', { exact: false }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
  assert.equal(new URL(page.url()).hash, '');
});

test('a link can be pasted; markup in it is text', needsChromium, async () => {
  const page = await sharedTab();
  const title = '<img src=x onerror=alert(1)>';
  const fragment = await toFragment({ subject: { ...subjectOfExample(flex), title }, theme: 'light' });
  await page.getByRole('button', { name: 'Open link' }).click();
  await page.getByRole('textbox', { name: 'Link' }).fill('http://127.0.0.1:1/#state=broken');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByText('This is not a link of the playground', { exact: false }).waitFor();
  await page.getByRole('textbox', { name: 'Link' }).fill(`http://127.0.0.1:1/#${fragment}`);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByText('This comes from a link.', { exact: false }).waitFor();
  assert.equal(await page.locator('option:checked').first().textContent(), title);
  assert.equal(await page.locator('img').count(), 0);
});

test('no link is made of a file with a key', needsChromium, async () => {
  const page = await sharedTab();
  await page.getByRole('tab', { name: 'mintproc.yaml' }).click();
  await write(page, 'mintproc.yaml', 'key: { text: "a secret" }');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText(/No link was made: line 1 of mintproc.yaml/).waitFor();
});

test('a process that has ended is said, and used again when it is back', needsChromium, async () => {
  const page = await sharedTab();
  await page.route('**/api/run', (route) => route.abort());
  await write(page, policy.name, policy.text.replace("'orders'", "'late'"));
  await page.getByText('The playground has stopped', { exact: false }).waitFor();
  await page.getByText('This is the last result.', { exact: false }).waitFor();
  await page.unroute('**/api/run');
  await claim(page, 'aud').getByText('"late"', { exact: true }).first().waitFor();
  await page.getByText('The playground has stopped', { exact: false }).waitFor({ state: 'detached' });
});

test('a page without its key says what to open', needsChromium, async () => {
  const page = await openTab((await pageUrl()).replace(/#.*/, ''));
  await page.getByText('open the URL that it prints', { exact: false }).waitFor();
});

test('a reload needs no key; unsaved changes are asked about', needsChromium, async () => {
  const page = await flexTab();
  assert.equal(new URL(page.url()).hash, '');
  await page.reload();
  await page.getByText('Verified', { exact: true }).waitFor();
  await write(page, policy.name, `${policy.text}# mine\n`);
  await page
    .getByRole('tab', { name: `${policy.name} ●` })
    .or(page.getByRole('tab', { name: /, changed/ }))
    .waitFor();
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.accept();
});

test('a file of the folder is saved, a conflict is said, and nothing is lost', needsChromium, async () => {
  for (const file of flex.files) writeFileSync(join(folder, file.name), file.text);
  const config = join(folder, 'mintproc.yaml');
  const cases = join(folder, 'shop.test.yaml');
  writeFileSync(
    cases,
    `config: mintproc.yaml\ncases:\n  - name: a\n    expect: { refused: true }\n    request: { path: /orders/1 }\n`,
  );
  const { url } = await startProcess({
    ...{ config, shown: 'shop', withKeys: false, testFiles: () => [cases] },
    replaceFile: (path, text) => writeFileSync(path, text),
  });
  const page = await openTab(url);
  await page.getByText('Verified', { exact: true }).waitFor();
  const path = join(folder, policy.name);
  const save = page.getByRole('button', { name: 'Save' });
  assert.equal(await save.isDisabled(), true);
  await write(page, policy.name, `${policy.text}# one\n`);
  await save.click();
  await page.getByText(`${policy.name} is saved.`).waitFor();
  assert.equal(readFileSync(path, 'utf8'), `${policy.text}# one\n`);
  writeFileSync(path, `${policy.text}# theirs\n`);
  await write(page, policy.name, `${policy.text}# two\n`);
  await save.click();
  await page.getByRole('button', { name: 'Read the files again' }).click();
  await page.getByText('The files were read again.', { exact: false }).waitFor();
  assert.equal(readFileSync(path, 'utf8'), `${policy.text}# theirs\n`);
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByText(`${policy.name} is saved.`).waitFor();
  assert.equal(readFileSync(path, 'utf8'), `${policy.text}# two\n`);
});
