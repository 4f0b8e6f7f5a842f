const server = process.env.PARLEY_URL ?? "http://127.0.0.1:8000";

/** Modules that most pages load are one file, rather than ten small ones that each cost a way to the server and back. */
function withShell(config, { isServer, dev }) {
  if (isServer || dev) return config;
  config.optimization.splitChunks.cacheGroups.shell = {
    name: "shell",
    chunks: (chunk) => chunk.name?.startsWith("app/"),
    test: ({ type }) => type?.startsWith("javascript/"),
    minChunks: 12,
    priority: 10,
    enforce: true,
  };
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
  if (phase !== "phase-development-server") return { ...shared, output: "export", webpack: withShell };
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
