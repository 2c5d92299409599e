/**
 * @module
 * What an author can read about the policies of each dialect, for completion and documentation. It is not part of
 * index.ts, which `serve` loads.
 */
export { callerVariables } from './apigee/caller-variables.ts';
export { elementWords, flowVariableSentences, templateFunctionSentences } from './apigee/documentation.ts';
export {
  assemblyKeys,
  otherVariableSentences,
  propertiesJsonSchema,
  propertyValues,
  requestVariableSentences,
} from './datapower/documentation.ts';
export { flexFileSchema } from './flex/file-schema.ts';
