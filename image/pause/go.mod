module localcloud/images/pause

go 1.21
