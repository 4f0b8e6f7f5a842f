import { fileURLToPath } from "node:url";

const server = process.env.PARLEY_URL ?? "http://127.0.0.1:8000";

/** Texts are compiled here, so that no page brings what reads ICU's format. */
function withTexts(config, { dev }) {
  if (dev) return;
  config.resolve.alias["use-intl/format-message$"] = "use-intl/format-message/format-only";
  config.module.rules.push({
    test: /src\/messages\/(en|de)\/(?!index)\w+\.ts$/,
    enforce: "post",
    loader: fileURLToPath(new URL("scripts/messages-loader.mjs", import.meta.url)),
  });
}

/**
 * What a page needs at once. Modules that most pages load are one file, rather than ten small ones that each cost a way to
 * the server and back. Browsers that know the comment compile all of such a file while it comes, beside the main thread,
 * rather than function by function when each is called: https://v8.dev/blog/explicit-compile-hints.
 */
function withShell(config, { isServer, dev, webpack }) {
  if (isServer || dev) return;
  config.plugins.push(
    new webpack.BannerPlugin({
      banner: "//# allFunctionsCalledOnLoad",
      raw: true,
      entryOnly: true,
      test: /\.js$/,
      stage: webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT, // what makes files small takes comments away
    }),
  );
  config.optimization.splitChunks.cacheGroups.shell = {
    name: "shell",
    chunks: (chunk) => chunk.name?.startsWith("app/"),
    test: ({ type }) => type?.startsWith("javascript/"),
    minChunks: 12,
    priority: 10,
    enforce: true,
  };
}

function webpack(config, options) {
  withTexts(config, options);
  withShell(config, options);
  return config;
}

/** The build is a static export that the Python process serves; only the development server knows rewrites. */
export default function config(phase) {
  const shared = {
    reactStrictMode: true,
    // `make check` looks at both; who only runs Parley need not wait for it.
    eslint: { ignoreDuringBuilds: true },
    typescript: { ignoreBuildErrors: true },
    poweredByHeader: false,
    devIndicators: false,
  };
  if (phase !== "phase-development-server") return { ...shared, output: "export", webpack };
  return {
    ...shared,
    allowedDevOrigins: ["127.0.0.1", "localhost"],
    rewrites: async () => [
      { source: "/graphql", destination: `${server}/graphql` },
      { source: "/files/:path*", destination: `${server}/files/:path*` },
      { source: "/chat/:id", destination: "/chat" },
    ],
  };
}
