# Attaches the IPsec analyzer of corelight/zeek-spicy-ipsec to UDP 500 and 4500 by port.
#
# Its signature does not fit quick modes and most encrypted messages: without this, connections on UDP 4500 and
# those that began before Zeek are mostly missing in ipsec.log.
#
# UNTESTED: written after the analyzer's source; Debian has no Zeek package to run it with.
# Load it behind the package:  zeek -i eth0 packages ike-dupcheck.zeek

event zeek_init() &priority=-5
	{
	Analyzer::register_for_ports(Analyzer::ANALYZER_SPICY_IPSEC_IKE_UDP, set(500/udp));
	Analyzer::register_for_ports(Analyzer::ANALYZER_SPICY_IPSEC_UDP, set(4500/udp));
	}
