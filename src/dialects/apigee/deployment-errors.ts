/**
 * @module
 * Apigee's names for mistakes that it reports when a policy is deployed, with our codes (vendor page, "Deployment
 * errors").
 *
 * The names of both editions are here. If they differ for one mistake, `otherNames` has the other ones.
 */
import type { Code } from '../../diagnostics/codes.ts';

export const deploymentErrors = {
  EmptyElementForKeyConfiguration: 'apigee.empty-element-for-key-configuration',
  InvalidConfiguration: 'apigee.invalid-configuration',
  InvalidConfigurationForActionAndAlgorithm: 'apigee.invalid-configuration-for-action-and-algorithm',
  InvalidEmptyElement: 'apigee.invalid-empty-element',
  InvalidJwtAlgorithm: 'apigee.invalid-jwt-algorithm',
  InvalidKeyConfiguration: 'apigee.invalid-key-configuration',
  InvalidNameForAdditionalClaim: 'apigee.invalid-name-for-additional-claim',
  InvalidNameForAdditionalHeader: 'apigee.invalid-name-for-additional-header',
  InvalidPublicKeyId: 'apigee.invalid-public-key-id',
  InvalidPublicKeyValue: 'apigee.invalid-public-key-value',
  InvalidSecretInConfig: 'apigee.invalid-secret-in-config',
  InvalidTimeFormat: 'apigee.invalid-time-format',
  InvalidTypeForAdditionalClaim: 'apigee.invalid-type-for-additional-claim',
  InvalidTypeForAdditionalHeader: 'apigee.invalid-type-for-additional-header',
  InvalidValueForElement: 'apigee.invalid-value-for-element',
  InvalidValueOfArrayAttribute: 'apigee.invalid-value-of-array-attribute',
  InvalidVariableNameForSecret: 'apigee.invalid-variable-name-for-secret',
  MissingConfigurationElement: 'apigee.missing-configuration-element',
  MissingNameForAdditionalClaim: 'apigee.missing-name-for-additional-claim',
  MissingNameForAdditionalHeader: 'apigee.missing-name-for-additional-header',
} as const satisfies Readonly<Record<string, Code>>;

export type DeploymentError = keyof typeof deploymentErrors;

/** Other names for the same mistake, on Edge or on X. */
export const otherNames: Readonly<Partial<Record<DeploymentError, string>>> = {
  InvalidConfigurationForActionAndAlgorithm:
    'InvalidConfigurationForActionAndAlgorithmFamily, InvalidFamiliesForAlgorithm',
  InvalidJwtAlgorithm: 'InvalidValueForElement, InvalidAlgorithm',
  InvalidKeyConfiguration: 'MissingElementForKeyConfiguration',
};
