/**
 * @module
 * The `apigee` part of `mintproc.yaml` and of a policy's entry: what Apigee's runtime knew of the deployment of the
 * proxy, and no request tells.
 */
import * as z from 'zod';

const name = z.string().min(1).max(256).optional();

export const apigeeSchema = z
  .strictObject({
    organization: name.describe('Value of organization.name.'),
    environment: name.describe('Value of environment.name.'),
    proxy: name.describe('Name of the API proxy: apiproxy.name.'),
    endpoint: name.describe('Name of the ProxyEndpoint: proxy.name.'),
    revision: z
      .union([z.int().min(0), z.string().min(1).max(64)])
      .optional()
      .describe('Value of apiproxy.revision.'),
    basePath: z
      .string()
      .max(1024)
      .regex(/^\/[^?#\s]*$/, 'must be a path that begins with a slash, such as /v1/orders')
      .optional()
      .describe('Base path of the proxy: proxy.basepath. Also gives proxy.pathsuffix, the path of a request after it.'),
  })
  .optional();

export type ApigeeSettings = NonNullable<z.output<typeof apigeeSchema>>;
