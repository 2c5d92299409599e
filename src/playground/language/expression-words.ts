/**
 * @module
 * Functions, members and keywords of expressions, for both profiles.
 */
import { inputNames } from '../../expressions/bindings.ts';
import { functionExamples as dataweaveExamples } from '../../expressions/dataweave/functions/examples.ts';
import { functionsByModule } from '../../expressions/dataweave/functions/index.ts';
import type { FunctionRow } from '../../expressions/dataweave/functions/row.ts';
import {
  attributeDocumentation,
  callerDocumentation,
  dataweaveKeywordDocumentation,
  type FunctionExample,
  flexKeywordDocumentation,
  inputDocumentation,
} from '../../expressions/documentation.ts';
import { functionExamples as flexExamples } from '../../expressions/flex/functions/examples.ts';
import { functionRows } from '../../expressions/flex/functions/index.ts';
import type { ExpressionTables, FunctionWord, ProfileName, Word } from '../interface.ts';

export function expressionTables(): Readonly<Record<ProfileName, ExpressionTables>> {
  return {
    flex: { functions: flexFunctions(), members: members(), keywords: wordsOf(flexKeywordDocumentation) },
    dataweave: {
      functions: dataweaveFunctions(),
      members: members(),
      keywords: wordsOf(dataweaveKeywordDocumentation),
    },
  };
}

/** A word for each member of a table of sentences. */
export function wordsOf(sentences: Readonly<Record<string, string>>, before = ''): readonly Word[] {
  return Object.entries(sentences).map(([name, documentation]) => ({ name: `${before}${name}`, documentation }));
}

function members(): readonly Word[] {
  const known: Readonly<Record<string, readonly Word[]>> = {
    attributes: wordsOf(attributeDocumentation, 'attributes.'),
    authentication: wordsOf(callerDocumentation, 'authentication.'),
  };
  return inputNames.flatMap((name) => [{ name, documentation: inputDocumentation[name] }, ...(known[name] ?? [])]);
}

function flexFunctions(): readonly FunctionWord[] {
  return functionRows.map(({ module, name, signature, summary }) => ({
    name: fullName(module, name),
    signature,
    documentation: summary,
    ...shownExample(flexExamples[name]),
  }));
}

function dataweaveFunctions(): readonly FunctionWord[] {
  return Array.from(functionsByModule, ([module, rows]) =>
    Array.from(rows.values(), (row) => ({
      name: fullName(module, row.name),
      signature: signatureOf(row),
      documentation: row.summary,
      ...shownExample(dataweaveExamples[module]?.[row.name]),
    })),
  ).flat();
}

/** As it is written without an import. */
function fullName(module: string, name: string): string {
  return module === 'dw::Core' ? name : `${module}::${name}`;
}

/** `upper(String) · upper(Null)`; an optional parameter has a `?`. */
function signatureOf({ name, forms }: FunctionRow): string {
  const shown = forms.map(({ parameters, minArguments }) => {
    const types = parameters.map((parameter, i) => (i < minArguments ? parameter.name : `${parameter.name}?`));
    return `${name}(${types.join(', ')})`;
  });
  return [...new Set(shown)].join(' · ');
}

function shownExample(example: FunctionExample | undefined): Pick<FunctionWord, 'example'> {
  if (example === undefined) return {};
  const [expression, value] = example;
  return { example: { expression, value } };
}
