"use client";

import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from "@/components/ui/card";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Separator } from "@/components/ui/separator";
import { Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

import type { Specimen } from "./specimen";

const LINES = Array.from({ length: 12 }, (_, at) => `Line ${at + 1}`);

const card = (
  <Card className="w-full max-w-sm">
    <CardHeader>
      <CardTitle>A card</CardTitle>
      <CardDescription>What it is about, in a sentence.</CardDescription>
    </CardHeader>
    <CardContent className="text-sm">Its contents.</CardContent>
    <CardFooter>
      <Button size="sm">Do it</Button>
    </CardFooter>
  </Card>
);

const table = (
  <Table label="Example of a table">
    <TableHeader>
      <TableRow>
        <TableHead>Model</TableHead>
        <TableHead className="text-right">Calls</TableHead>
      </TableRow>
    </TableHeader>
    <TableBody>
      <TableRow>
        <TableCell>small</TableCell>
        <TableCell className="text-right tabular-nums">1,204</TableCell>
      </TableRow>
      <TableRow>
        <TableCell>large</TableCell>
        <TableCell className="text-right tabular-nums">38</TableCell>
      </TableRow>
    </TableBody>
  </Table>
);

const scrolled = (
  <ScrollArea className="h-24 w-56 rounded-lg border">
    <ul className="p-3 text-sm">
      {LINES.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </ScrollArea>
);

export const SURFACES: Specimen[] = [
  { file: "card", name: "Card", show: card },
  { file: "table", name: "Table", show: table },
  {
    file: "badge",
    name: "Badge",
    show: (
      <>
        <Badge>default</Badge>
        <Badge variant="secondary">secondary</Badge>
        <Badge variant="outline">outline</Badge>
        <Badge variant="destructive">destructive</Badge>
      </>
    ),
  },
  {
    file: "avatar",
    name: "Avatar",
    show: (
      <>
        <Avatar name="Ada Lovelace" />
        <Avatar name="grace" />
      </>
    ),
  },
  { file: "scroll-area", name: "Scroll area", show: scrolled },
  {
    file: "separator",
    name: "Separator",
    show: (
      <div className="flex h-10 w-full flex-col justify-center">
        <Separator />
      </div>
    ),
  },
  {
    file: "skeleton",
    name: "Skeleton",
    show: (
      <div className="flex w-full flex-col gap-2">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-16 w-full" />
      </div>
    ),
  },
  {
    file: "spinner",
    name: "Spinner",
    show: (
      <>
        <Spinner />
        <Button disabled>
          <Spinner />
          Saving
        </Button>
      </>
    ),
  },
];
