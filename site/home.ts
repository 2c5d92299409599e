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
  /** The first of these pages that docs/README.md lists is linked. */
  readonly pages: readonly string[];
}

interface Door extends Choice {
  readonly title: string;
  readonly details: string;
}

const doors: readonly Door[] = [
  {
    title: 'MuleSoft Flex Gateway',
    details: 'Your <code>jwt-generation-flex</code> policy and its <code>#[…]</code> expressions, unchanged.',
    pages: ['docs/tutorials/flex.md', 'docs/dialects/flex.md'],
  },
  {
    title: 'Apigee',
    details: 'Your <code>&lt;GenerateJWT&gt;</code> policies, read from the proxy bundle as it is exported.',
    pages: ['docs/tutorials/apigee.md', 'docs/dialects/apigee.md'],
  },
  {
    title: 'IBM API Connect',
    details: 'The <code>jwt-generate</code> actions of your assemblies, read from the OpenAPI file.',
    pages: ['docs/tutorials/api-connect.md', 'docs/dialects/datapower.md'],
  },
];

const actions: readonly (Choice & { readonly text: string; readonly theme: 'brand' | 'alt' })[] = [
  { text: 'Start in five minutes', theme: 'brand', pages: ['docs/start.md', 'README.md'] },
  { text: 'See it in the playground', theme: 'alt', pages: ['docs/playground.md'] },
  { text: 'All pages', theme: 'alt', pages: ['docs/README.md'] },
];

/** What the picture shows, for those who do not see it. */
const requestInWords =
  "A caller's request reaches Envoy, which verifies the caller and asks mintproc. mintproc answers with a header that " +
  'has the minted token, or with a refusal, and Envoy forwards the request to the backend.';

/** The page in Markdown, with the settings of the layout of `.vitepress/theme`. */
export function homePage(entries: readonly Entry[]): string {
  const listed = new Set(['docs/README.md', ...entries.map(({ page }) => page)]);
  const linked = <T extends Choice>(choices: readonly T[]): (Omit<T, 'pages'> & { readonly link: string })[] =>
    choices.flatMap(({ pages, ...shown }) => {
      const page = pages.find((path) => listed.has(path));
      return page === undefined ? [] : [{ ...shown, link: `/${sitePath(page)}`.replace(/\.md$/, '.html') }];
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
