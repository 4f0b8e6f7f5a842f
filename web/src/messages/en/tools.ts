/** Tools and MCP servers. */
export const tools = {} as const;
