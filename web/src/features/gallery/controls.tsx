"use client";

import { Plus } from "lucide-react";

import { Button, type ButtonProps } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectGroup,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { Textarea } from "@/components/ui/textarea";

import type { Specimen } from "./specimen";

const VARIANTS: NonNullable<ButtonProps["variant"]>[] = [
  "default",
  "secondary",
  "outline",
  "ghost",
  "destructive",
  "link",
];
const SIZES: NonNullable<ButtonProps["size"]>[] = ["sm", "default", "lg"];

const buttons = (
  <>
    {VARIANTS.map((variant) => (
      <Button key={variant} variant={variant}>
        {variant}
      </Button>
    ))}
    {SIZES.map((size) => (
      <Button key={size} size={size}>
        Size {size}
      </Button>
    ))}
    <Button size="icon" aria-label="Add">
      <Plus aria-hidden />
    </Button>
    <Button disabled>Disabled</Button>
  </>
);

const inputs = (
  <div className="grid w-full gap-3 sm:grid-cols-2">
    <Input aria-label="Empty" placeholder="Placeholder" />
    <Input aria-label="Filled" defaultValue="Filled" />
    <Input aria-label="Wrong" aria-invalid defaultValue="Wrong" />
    <Input aria-label="Disabled" disabled defaultValue="Disabled" />
    <Input aria-label="Read only" readOnly defaultValue="Read only" className="font-mono" />
  </div>
);

const select = (
  <>
    <Select defaultValue="day">
      <SelectTrigger aria-label="Period" className="w-44">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        <SelectGroup>
          <SelectItem value="day">A day</SelectItem>
          <SelectItem value="month">A month</SelectItem>
          <SelectItem value="year" disabled>
            A year
          </SelectItem>
        </SelectGroup>
      </SelectContent>
    </Select>
    <Select disabled>
      <SelectTrigger aria-label="Nothing to choose" className="w-44">
        <SelectValue placeholder="Disabled" />
      </SelectTrigger>
    </Select>
  </>
);

const tabs = (
  <Tabs defaultValue="one" className="w-full">
    <TabsList aria-label="Example">
      <TabsTrigger value="one">One</TabsTrigger>
      <TabsTrigger value="two">Two</TabsTrigger>
      <TabsTrigger value="three" disabled>
        Three
      </TabsTrigger>
    </TabsList>
    <TabsContent value="one" className="text-sm">
      The first one.
    </TabsContent>
    <TabsContent value="two" className="text-sm">
      The second one.
    </TabsContent>
  </Tabs>
);

export const CONTROLS: Specimen[] = [
  { file: "button", name: "Button", show: buttons },
  { file: "input", name: "Input", show: inputs },
  {
    file: "textarea",
    name: "Textarea",
    show: (
      <div className="grid w-full gap-3 sm:grid-cols-2">
        <Textarea aria-label="Some text" defaultValue={"Two lines\nof text"} />
        <Textarea aria-label="Wrong text" aria-invalid placeholder="Wrong" />
      </div>
    ),
  },
  {
    file: "label",
    name: "Label",
    show: (
      <div className="flex flex-col gap-2">
        <Label htmlFor="gallery-labelled">Name</Label>
        <Input id="gallery-labelled" />
      </div>
    ),
  },
  { file: "select", name: "Select", show: select },
  {
    file: "switch",
    name: "Switch",
    show: (
      <>
        <Switch aria-label="Off" />
        <Switch aria-label="On" defaultChecked />
        <Switch aria-label="Off for good" disabled />
        <Switch aria-label="On for good" disabled defaultChecked />
      </>
    ),
  },
  { file: "tabs", name: "Tabs", show: tabs },
];
