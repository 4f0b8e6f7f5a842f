import type { ReactNode } from "react";

/** A component of components/ui in its states; `file` is its module's name. */
export type Specimen = { file: string; name: string; show: ReactNode };
