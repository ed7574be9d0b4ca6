module berth/proof/product

go 1.26.0
