/**
 * @module
 * What completion and hover of the playground know: the tables that the code runs, as data for the page.
 */
import { configurationSchema } from '../../configuration/configuration-schema.ts';
import {
  assemblyKeys,
  callerVariables,
  elementWords,
  flexFileSchema,
  flowVariableSentences,
  otherVariableSentences,
  propertiesJsonSchema,
  propertyValues,
  requestVariableSentences,
  templateFunctionSentences,
} from '../../dialects/documentation.ts';
import { jsonSchemaOf } from '../../documents/json-schema.ts';
import type { KeyWord, LanguageTables, Word } from '../interface.ts';
import { expressionTables, wordsOf } from './expression-words.ts';
import { schemaWords } from './schema-words.ts';

export function languageTables(): LanguageTables {
  return {
    profiles: expressionTables(),
    files: {
      configuration: schemaWords(jsonSchemaOf(configurationSchema)),
      flex: schemaWords(flexFileSchema()),
      apigee: elementWords(),
      datapower: datapowerKeys(),
    },
    variables: {
      apigee: [...wordsOf(flowVariableSentences), ...callerWords(), ...templateFunctions()],
      datapower: [...wordsOf(requestVariableSentences), ...wordsOf(otherVariableSentences)],
    },
  };
}

function datapowerKeys(): readonly KeyWord[] {
  const properties = schemaWords(propertiesJsonSchema(), '**.jwt-generate');
  return [
    ...assemblyKeys.map((key) => ({ values: [], ...key })),
    ...properties.map((word) => ({ ...word, values: propertyValues[word.name] ?? word.values })),
  ];
}

/** Those of a caller that Apigee knew, `as: apigee`. */
function callerWords(): readonly Word[] {
  return callerVariables.flatMap(({ names, from }) =>
    names.map((name) => ({ name: name.replaceAll('*', 'POLICY'), documentation: `With \`as: apigee\`: ${from}.` })),
  );
}

function templateFunctions(): readonly Word[] {
  return Object.entries(templateFunctionSentences).map(([name, [args, documentation]]) => ({
    name: `${name}(${args})`,
    documentation,
  }));
}
