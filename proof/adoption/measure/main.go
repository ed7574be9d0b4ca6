// Command measure says how the manifests below the folders that it is given come into Berth: the shares of each class, and
// what keeps the most of them from being the same.
//
//	go run ./adoption/measure [-v] FOLDER...
package main

import (
	"flag"
	"fmt"
	"os"

	"berth/proof/adoption"
)

func main() {
	verbose := flag.Bool("v", false, "list every workload with what is otherwise")
	most := flag.Int("most", 30, "how many reasons are listed")
	flag.Parse()
	var all []adoption.Unit
	for _, root := range flag.Args() {
		units, err := adoption.Measure(root, adoption.APIServer{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%s: ", root)
		adoption.Print(os.Stdout, units, 0)
		all = append(all, units...)
	}
	fmt.Print("all: ")
	adoption.Print(os.Stdout, all, *most)
	if *verbose {
		for _, u := range all {
			fmt.Println(u)
		}
	}
}
