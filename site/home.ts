/**
 * @module
 * The first page of the site: what mintproc is, and a door for each gateway that one comes from.
 */
import type { Entry } from './contents.ts';
import { sitePath } from './pages.ts';

export const description =
  'An Envoy external processor that mints a signed JWT for each request, from the policy files of MuleSoft Flex ' +
  'Gateway, Apigee and IBM API Connect.';

interface Choice {
  /** A page that docs/README.md lists, or that itself. */
  readonly page: string;
}

interface Door extends Choice {
  readonly title: string;
  readonly details: string;
}

const doors: readonly Door[] = [
  {
    title: 'MuleSoft Flex Gateway',
    details: 'Your <code>jwt-generation-flex</code> policy and its <code>#[…]</code> expressions, unchanged.',
    page: 'docs/tutorials/flex.md',
  },
  {
    title: 'Apigee',
    details: 'Your <code>&lt;GenerateJWT&gt;</code> policies, read from the proxy bundle as it is exported.',
    page: 'docs/tutorials/apigee.md',
  },
  {
    title: 'IBM API Connect',
    details: 'The <code>jwt-generate</code> actions of your assemblies, read from the OpenAPI file.',
    page: 'docs/tutorials/api-connect.md',
  },
];

const actions: readonly (Choice & { readonly text: string; readonly theme: 'brand' | 'alt' })[] = [
  { text: 'Start in five minutes', theme: 'brand', page: 'docs/start.md' },
  { text: 'See it in the playground', theme: 'alt', page: 'docs/playground.md' },
  { text: 'All pages', theme: 'alt', page: 'docs/README.md' },
];

/** What the picture shows, for those who do not see it. */
const requestInWords =
  "A caller's request reaches Envoy, which verifies the caller and asks mintproc. mintproc answers with a header that " +
  'has the minted token, or with a refusal, and Envoy forwards the request to the backend.';

/**
 * The page in Markdown, with the settings of the layout of `.vitepress/theme`.
 *
 * @throws Error if docs/README.md does not list a page of a door
 */
export function homePage(entries: readonly Entry[]): string {
  const listed = new Set(['docs/README.md', ...entries.map(({ page }) => page)]);
  const linked = <T extends Choice>(choices: readonly T[]): (Omit<T, 'page'> & { readonly link: string })[] =>
    choices.map(({ page, ...shown }) => {
      if (!listed.has(page)) throw new Error(`docs/README.md does not list ${page}.`);
      return { ...shown, link: `/${sitePath(page)}`.replace(/\.md$/, '.html') };
    });
  const settings = {
    layout: 'front-page',
    sidebar: false,
    title: 'mintproc',
    titleTemplate: false,
    hero: {
      name: 'mintproc',
      text: 'The token of your old gateway, minted beside Envoy',
      tagline:
        'mintproc is an Envoy external processor that mints a signed JWT for each request, from the policy files of ' +
        'the gateway that you leave. No request reaches the backend without its token.',
      actions: linked(actions),
      image: { src: '/request.svg', alt: requestInWords },
    },
    features: linked(doors).map((door) => ({ ...door, linkText: 'Bring your policies' })),
  };
  return `---\n${JSON.stringify(settings)}\n---\n\n${below}`;
}

const below = `## What happens to a request

Envoy verifies the caller and sends mintproc the request's headers with the caller's identity. mintproc selects the
policy for the route, evaluates its compiled expressions and signs the token. There is no I/O on this path: keys and
policies are loaded before, and a change of a file is checked by another process before it is put in force.

\`\`\`yaml
policies:
  - name: partner
    file: policies/partner.flex.yaml # as Flex Gateway reads it
    key: { file: keys/partner.pem }
routes:
  - match: { pathPrefix: /orders }
    policies: [partner]
unmatched: deny
\`\`\`
`;
