// The peer: the netlink library of Docker's and of Kubernetes' plugins, one goroutine and one socket, as its
// README has it. What to do comes in a line of its standard input, and "done" goes out when it is done.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
)

type job struct {
	Lower struct{ Ifindex int }
	Group uint32
	Mtu   int
	Links []struct{ Name, MacAddress string }
}

func main() {
	var all job
	check(json.Unmarshal([]byte(read(os.Args[1])), &all))
	handle, err := netlink.NewHandle()
	check(err)
	made := make([]netlink.Link, len(all.Links))
	does := map[string]func(int) error{
		"create": func(n int) error {
			attributes := netlink.NewLinkAttrs()
			attributes.Name = all.Links[n].Name
			attributes.ParentIndex = all.Lower.Ifindex
			attributes.Group = all.Group
			attributes.Flags = net.FlagUp
			attributes.HardwareAddr, err = net.ParseMAC(all.Links[n].MacAddress)
			check(err)
			return handle.LinkAdd(&netlink.Macvlan{LinkAttrs: attributes, Mode: netlink.MACVLAN_MODE_BRIDGE})
		},
		"read": func(n int) error {
			made[n], err = handle.LinkByName(all.Links[n].Name)
			return err
		},
		"change": func(n int) error { return handle.LinkSetMTU(made[n], all.Mtu) },
		"delete": func(n int) error { return handle.LinkDel(made[n]) },
	}
	fmt.Println("done")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); fmt.Println("done") {
		for n := range all.Links {
			check(does[lines.Text()](n))
		}
	}
}

func read(path string) string {
	text, err := os.ReadFile(path)
	check(err)
	return string(text)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
