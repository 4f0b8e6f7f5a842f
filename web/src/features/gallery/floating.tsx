"use client";

import { Pencil, Search, Trash2 } from "lucide-react";

import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Sheet, SheetContent, SheetHeader, SheetTrigger } from "@/components/ui/sheet";
import { Tooltip, TooltipProvider } from "@/components/ui/tooltip";
import { toast } from "@/lib/toast";

import type { Specimen } from "./specimen";

const dialog = (
  <Dialog>
    <DialogTrigger asChild>
      <Button variant="outline">Open dialog</Button>
    </DialogTrigger>
    <DialogContent>
      <DialogHeader>
        <DialogTitle>A dialog</DialogTitle>
        <DialogDescription>It keeps the keyboard until it closes.</DialogDescription>
      </DialogHeader>
    </DialogContent>
  </Dialog>
);

const alert = (
  <AlertDialog>
    <AlertDialogTrigger asChild>
      <Button variant="outline">Ask first</Button>
    </AlertDialogTrigger>
    <AlertDialogContent>
      <AlertDialogTitle>Remove it?</AlertDialogTitle>
      <AlertDialogDescription>It cannot be undone.</AlertDialogDescription>
      <AlertDialogFooter>
        <AlertDialogCancel>Cancel</AlertDialogCancel>
        <AlertDialogAction variant="destructive">Remove</AlertDialogAction>
      </AlertDialogFooter>
    </AlertDialogContent>
  </AlertDialog>
);

const sheet = (
  <Sheet>
    <SheetTrigger asChild>
      <Button variant="outline">Open sheet</Button>
    </SheetTrigger>
    <SheetContent side="right" className="w-md max-w-[100vw] bg-background">
      <SheetHeader title="A sheet" text="It comes from an edge." />
    </SheetContent>
  </Sheet>
);

const menu = (
  <DropdownMenu>
    <DropdownMenuTrigger asChild>
      <Button variant="outline">Open menu</Button>
    </DropdownMenuTrigger>
    <DropdownMenuContent align="start">
      <DropdownMenuLabel>Chat</DropdownMenuLabel>
      <DropdownMenuItem>
        <Pencil aria-hidden />
        Rename
      </DropdownMenuItem>
      <DropdownMenuCheckboxItem checked>Pinned</DropdownMenuCheckboxItem>
      <DropdownMenuSeparator />
      <DropdownMenuItem variant="destructive">
        <Trash2 aria-hidden />
        Delete
      </DropdownMenuItem>
    </DropdownMenuContent>
  </DropdownMenu>
);

const popover = (
  <Popover>
    <PopoverTrigger asChild>
      <Button variant="outline">Open popover</Button>
    </PopoverTrigger>
    <PopoverContent aria-label="A popover" className="w-64 p-4 text-sm">
      Something beside the button.
    </PopoverContent>
  </Popover>
);

const command = (
  <Command label="Example of commands" className="h-48 w-full rounded-lg border">
    <CommandInput placeholder="Type to find" />
    <CommandList>
      <CommandEmpty>Nothing is called that.</CommandEmpty>
      <CommandGroup heading="Commands">
        <CommandItem>
          <Search aria-hidden />
          Search
        </CommandItem>
        <CommandItem>
          <Pencil aria-hidden />
          Rename
        </CommandItem>
      </CommandGroup>
    </CommandList>
  </Command>
);

const toasts = (
  <>
    <Button variant="outline" onClick={() => toast("It is archived")}>
      Say something
    </Button>
    <Button variant="outline" onClick={() => toast.success("It is saved")}>
      Say that it worked
    </Button>
    <Button variant="outline" onClick={() => toast.error("It did not work")}>
      Say that it failed
    </Button>
  </>
);

export const FLOATING: Specimen[] = [
  { file: "dialog", name: "Dialog", show: dialog },
  { file: "alert-dialog", name: "Alert dialog", show: alert },
  { file: "sheet", name: "Sheet", show: sheet },
  { file: "dropdown-menu", name: "Dropdown menu", show: menu },
  { file: "popover", name: "Popover", show: popover },
  {
    file: "tooltip",
    name: "Tooltip",
    show: (
      <TooltipProvider>
        <Tooltip text="Said on hover and on focus">
          <Button variant="outline">Look at me</Button>
        </Tooltip>
      </TooltipProvider>
    ),
  },
  { file: "command", name: "Command", show: command },
  { file: "sonner", name: "Toast", show: toasts },
];
