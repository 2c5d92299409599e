/**
 * @module
 * The licences of the packages whose code is part of `dist/program.cjs`. They ask for their text to be in every copy,
 * and in the bundle it is not.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './program.ts';

const isLicense = (file: string): boolean => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i.test(file);

/** One text, a section for each package. */
export function licenseTexts(packages: readonly BundledPackage[]): string {
  const sections = packages.map(({ name, version, license, folder }) => {
    const files = readdirSync(folder).filter(isLicense).sort();
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...(texts.length > 0 ? texts : [withoutFile(folder)])].join('\n\n');
  });
  const head = 'dist/program.cjs has code of these packages, under their licences.';
  return `${[head, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** What a package without a file for it says of its licence. */
function withoutFile(folder: string): string {
  const { license, author, homepage = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  return `Copyright ${by}. Licence: ${license}; the package has no file with its text. ${homepage}`.trim();
}
