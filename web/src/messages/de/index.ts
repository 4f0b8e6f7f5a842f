import type { Catalogue } from "../catalogue";

import { accounts } from "./accounts";
import { administration } from "./administration";
import { agents } from "./agents";
import { approvals } from "./approvals";
import { branches } from "./branches";
import { chat } from "./chat";
import { common } from "./common";
import { context } from "./context";
import { inspector } from "./inspector";
import { library } from "./library";
import { markdown } from "./markdown";
import { metrics } from "./metrics";
import { models } from "./models";
import { palette } from "./palette";
import { pieces } from "./pieces";
import { playground } from "./playground";
import { providers } from "./providers";
import { runs } from "./runs";
import { settings } from "./settings";
import { shared } from "./shared";
import { tags } from "./tags";
import { thinking } from "./thinking";
import { tools } from "./tools";
import { workflows } from "./workflows";

export const messages: Catalogue = {
  accounts,
  administration,
  agents,
  approvals,
  branches,
  chat,
  common,
  context,
  inspector,
  library,
  markdown,
  metrics,
  models,
  palette,
  pieces,
  playground,
  providers,
  runs,
  settings,
  shared,
  tags,
  thinking,
  tools,
  workflows,
};
