import type { accounts } from "./en/accounts";
import type { administration } from "./en/administration";
import type { agents } from "./en/agents";
import type { approvals } from "./en/approvals";
import type { branches } from "./en/branches";
import type { chat } from "./en/chat";
import type { common } from "./en/common";
import type { context } from "./en/context";
import type { inspector } from "./en/inspector";
import type { library } from "./en/library";
import type { markdown } from "./en/markdown";
import type { metrics } from "./en/metrics";
import type { models } from "./en/models";
import type { palette } from "./en/palette";
import type { pieces } from "./en/pieces";
import type { playground } from "./en/playground";
import type { providers } from "./en/providers";
import type { runs } from "./en/runs";
import type { settings } from "./en/settings";
import type { shared } from "./en/shared";
import type { tags } from "./en/tags";
import type { thinking } from "./en/thinking";
import type { tools } from "./en/tools";
import type { workflows } from "./en/workflows";

/** The texts of one part in another language: the same keys, other words. */
export type Same<English> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Same<English[Key]>;
};

/** All texts of the client in another language, by part. */
export type Catalogue = {
  accounts: Same<typeof accounts>;
  administration: Same<typeof administration>;
  agents: Same<typeof agents>;
  approvals: Same<typeof approvals>;
  branches: Same<typeof branches>;
  chat: Same<typeof chat>;
  common: Same<typeof common>;
  context: Same<typeof context>;
  inspector: Same<typeof inspector>;
  library: Same<typeof library>;
  markdown: Same<typeof markdown>;
  metrics: Same<typeof metrics>;
  models: Same<typeof models>;
  palette: Same<typeof palette>;
  pieces: Same<typeof pieces>;
  playground: Same<typeof playground>;
  providers: Same<typeof providers>;
  runs: Same<typeof runs>;
  settings: Same<typeof settings>;
  shared: Same<typeof shared>;
  tags: Same<typeof tags>;
  thinking: Same<typeof thinking>;
  tools: Same<typeof tools>;
  workflows: Same<typeof workflows>;
};
